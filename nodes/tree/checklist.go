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
	l, t, err := f.list(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	b, err := f.render(ctx, l)
	return b, t, err
}

func (f *checklistFile) render(ctx context.Context, l checklist.List) ([]byte, error) {
	who, err := f.v.a.people(ctx)
	if err != nil {
		return nil, err
	}
	return checklist.Render(l, f.v.options(api.TodoList, who)), nil
}

// list returns the list as it is, and the time of what is newest in it.
func (f *checklistFile) list(ctx context.Context) (checklist.List, time.Time, error) {
	sections, err := f.v.sections(ctx, f.i)
	if err != nil {
		return checklist.List{}, time.Time{}, err
	}
	var lists []checklist.List
	for _, s := range sections {
		l := checklist.List{Record: s.list.Record()}
		for _, i := range s.todos {
			l.Todos = append(l.Todos, i.Record())
		}
		lists = append(lists, l)
	}
	lists[0].Groups = lists[1:]
	return lists[0], newestOf(f.i, sections), nil
}
