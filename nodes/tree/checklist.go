package tree

import (
	"context"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text/checklist"
)

// checklistFile is a whole list as one Markdown checklist.
type checklistFile struct {
	v *view
	i *records.Item
}

func (f *checklistFile) Inode() uint64 { return inode(f.v.a.info, f.i.Ref(), asChecklist) }

func (f *checklistFile) Attr(ctx context.Context) (Attr, error) {
	b, t, err := f.make(ctx)
	return Attr{Mode: f.v.fileMode(f.i.Ref().Kind), Size: int64(len(b)), ModTime: t}, err
}

func (f *checklistFile) Open(ctx context.Context) (Content, error) {
	b, _, err := f.make(ctx)
	if err != nil {
		return nil, err
	}
	return NewText(b), nil
}

func (f *checklistFile) make(ctx context.Context) ([]byte, time.Time, error) {
	sections, err := f.v.sections(ctx, f.i)
	if err != nil {
		return nil, time.Time{}, err
	}
	who, err := f.v.a.people(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	t := f.i.Record().UpdatedAt
	var lists []checklist.List
	for _, s := range sections {
		l := checklist.List{Record: s.list.Record()}
		t = newest(t, l.Record.UpdatedAt)
		for _, i := range s.todos {
			l.Todos = append(l.Todos, i.Record())
			t = newest(t, i.Record().UpdatedAt)
		}
		lists = append(lists, l)
	}
	lists[0].Groups = lists[1:]
	return checklist.Render(lists[0], f.v.options(api.TodoList, who)), t, nil
}
