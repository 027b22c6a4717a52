package tree

import (
	"context"
	"time"

	"basecampfs/nodes/names"
)

// scratch renames a scratch file: over the name of an item it is a save.
func (m move) scratch(ctx context.Context, s *Scratch) error {
	_, over := m.dst.(Editable)
	switch c := names.Classify(m.newName); {
	case over || c == names.Item:
		return m.save(ctx, s)
	case c == names.Scratch:
		return m.rescratch(s)
	}
	return refused(m.newName)
}

// rescratch renames a scratch file to another scratch name.
func (m move) rescratch(s *Scratch) error {
	from, err := m.t.over(m.from, true)
	if err != nil {
		return err
	}
	to, err := m.t.over(m.to, true)
	if err != nil {
		return err
	}
	if names.Classify(m.newName) != names.Scratch {
		return refused(m.newName)
	}
	if over, ok := m.dst.(*Scratch); ok && over != s {
		over.vanish()
	}
	if err := m.t.cfg.Scratch.Rename(scratchFolder(m.from.Inode()), m.name, scratchFolder(m.to.Inode()), m.newName); err != nil {
		return diskError(err)
	}
	from.mu.Lock()
	delete(from.own.scratch, m.name)
	from.mu.Unlock()
	s.mu.Lock()
	s.folder, s.name = m.to.Inode(), m.newName
	s.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	to.own.put(s)
	return nil
}

// save makes the content of a scratch file the text of the item that has the
// new name, or of a new one.
func (m move) save(ctx context.Context, s *Scratch) error {
	data, err := s.read()
	if err != nil {
		return err
	}
	a, err := s.Attr(ctx)
	if err != nil {
		return err
	}
	p, err := m.t.over(m.from, true)
	if err != nil {
		return err
	}
	if back, err := m.unparked(ctx, s, data); back || err != nil {
		if err != nil {
			return err
		}
		return m.t.removeScratch(p, s, m.name)
	}
	var draft *Draft
	if e, ok := m.dst.(Editable); ok {
		draft, err = e.Edit(ctx, true)
	} else {
		_, draft, err = m.t.Create(ctx, m.to, m.newName)
	}
	if err != nil {
		return err
	}
	if draft == nil {
		return refused(m.newName)
	}
	if err := draft.WriteAt(ctx, data, 0); err != nil {
		return err
	}
	draft.SetTime(a.ModTime)
	if err := draft.Commit(ctx, true); err != nil {
		return err
	}
	return m.t.removeScratch(p, s, m.name)
}

// unparked puts an item back under its own name where a program only undoes
// what it did: the content is still what it was.
func (m move) unparked(ctx context.Context, s *Scratch, data []byte) (bool, error) {
	s.mu.Lock()
	was := s.was
	s.mu.Unlock()
	if was == nil {
		return false, nil
	}
	p, err := m.t.over(m.to, true)
	if err != nil {
		return false, err
	}
	k := p.parked(m.newName)
	if k == nil || k.node.Inode() != was.Inode() {
		return false, nil
	}
	f, ok := was.(File)
	if !ok {
		return false, nil
	}
	now, err := readAll(ctx, f)
	if err != nil || string(now) != string(data) {
		return false, err
	}
	p.unpark(k)
	return true, nil
}

// park moves an item's name out of the way: what was in it becomes a scratch
// file, and the name stands for the item until it is written again.
func (m move) park(ctx context.Context, f File) error {
	data, err := readAll(ctx, f)
	if err != nil {
		return err
	}
	to, err := m.t.over(m.to, true)
	if err != nil {
		return err
	}
	if err := m.t.cfg.Scratch.Put(scratchFolder(m.to.Inode()), m.newName, data); err != nil {
		return diskError(err)
	}
	s := m.t.newScratch(m.to.Inode(), m.newName, false)
	s.was = f
	if a, err := f.Attr(ctx); err == nil {
		_ = s.SetTime(a.ModTime)
	}
	to.mu.Lock()
	to.own.put(s)
	to.mu.Unlock()
	from, err := m.t.over(m.from, true)
	if err != nil {
		return err
	}
	from.park(m.name, &parked{node: f, until: time.Now().Add(parkTime)})
	return nil
}

func readAll(ctx context.Context, f File) ([]byte, error) {
	c, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	b := make([]byte, c.Size())
	n, err := c.ReadAt(b, 0)
	if n == len(b) {
		err = nil
	}
	return b, err
}
