package bc3

import (
	"context"

	"basecampfs/api"
)

// Get reads one record, whatever its status. A line of a chat is looked for in
// the chats of its project, since its address names the chat.
func (a *Account) Get(ctx context.Context, r api.Ref) (*api.Record, error) {
	if r.Kind == api.ChatLine {
		p, err := a.linePath(ctx, r)
		if err != nil {
			return nil, err
		}
		return a.getPath(ctx, p, api.ChatLine)
	}
	if folder(r.Kind) == "" {
		return nil, api.Errorf(api.Unsupported, "Basecamp has no way to read a single %s", r.Kind)
	}
	return a.getPath(ctx, pathOf(r.Kind, r.ID), r.Kind)
}

// linePath finds the address of a line of a chat.
func (a *Account) linePath(ctx context.Context, r api.Ref) (string, error) {
	if r.Project == 0 {
		return "", api.Errorf(api.Unsupported, "a line of a chat can only be addressed through its project")
	}
	p, err := a.getPath(ctx, pathOf(api.Project, r.Project), api.Project)
	if err != nil {
		return "", err
	}
	for _, t := range p.Tools {
		if t.Kind != api.Chat {
			continue
		}
		at := below(api.Chat, t.ID, "lines/"+num(r.ID))
		_, err := a.c.Get(ctx, at, nil)
		if err == nil {
			return at, nil
		}
		if api.CodeOf(err) != api.NotFound {
			return "", err
		}
	}
	return "", &api.Error{Code: api.NotFound, Message: "no such line in the chats of the project"}
}
