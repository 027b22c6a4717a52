package bcx

import (
	"context"
	"encoding/json"
	"net/url"

	"basecampfs/api"
)

// listMessages goes through the topics, since messages have no list of their
// own, and reads each. A topic does not say when its message was edited, so
// every message is asked for; most answers are 304.
func (a *Account) listMessages(ctx context.Context, project int64, state api.State, s *sink) error {
	var what []string
	if live(state) {
		what = append(what, "topics")
	}
	if state == api.ArchivedState || state == everything {
		what = append(what, "topics/archived")
	}
	for _, w := range what {
		err := a.pages(ctx, in(project, w), url.Values{"sort": {"oldest"}}, func(all []json.RawMessage) error {
			var refs []api.Ref
			for _, e := range all {
				if r, t := a.topic(e, project, w != "topics"); r.Kind == api.Message && r.Project != 0 && !t.trashed {
					refs = append(refs, r)
				}
			}
			recs, err := readAll(ctx, refs, a.Get)
			if err != nil {
				return err
			}
			return s.put(recs)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type topicEntry struct {
	topic
	trashed bool
}

// topic reads an entry of a list of topics: what it is about.
func (a *Account) topic(raw []byte, project int64, archived bool) (api.Ref, topicEntry) {
	w, _ := decode(raw)
	about := w.Topicable.V
	r := api.Ref{Kind: kindOf(about.Type.V), Project: project, ID: int64(about.ID)}
	if r.Project == 0 {
		r.Project = projectOf(r.Kind, &wire{Bucket: w.Bucket, URL: about.URL}, from{})
	}
	t := topic{int64(w.ID), archived}
	if r.Kind == api.Message {
		a.known.setTopic(r, t)
	}
	return r, topicEntry{t, w.Trashed.V}
}

// listDocuments reads documents or forwards, whose lists have no bodies but
// the time of the last change: only what has changed since is read.
func (a *Account) listDocuments(ctx context.Context, kind api.Kind, project int64, state api.State, s *sink) error {
	if !live(state) {
		return nil
	}
	return a.pages(ctx, in(project, section(kind)), nil, func(all []json.RawMessage) error {
		var refs []api.Ref
		entry := map[api.Ref]*api.Record{}
		for _, e := range all {
			r := a.record(kind, e, from{project: project})
			if r.ID != 0 && r.Project != 0 {
				refs = append(refs, r.Ref)
				entry[r.Ref] = r
			}
		}
		recs, err := readAll(ctx, refs, func(ctx context.Context, r api.Ref) (*api.Record, error) {
			if w := a.known.wholeAt(r, entry[r].UpdatedAt); w != nil {
				return w, nil
			}
			w, err := a.Get(ctx, r)
			if err == nil {
				a.known.setWhole(w)
			}
			return w, err
		})
		if err != nil {
			return err
		}
		return s.put(recs)
	})
}

// listUploads goes through the attachments, since uploads have no list of
// their own.
func (a *Account) listUploads(ctx context.Context, project int64, state api.State, s *sink) error {
	if !live(state) {
		return nil
	}
	files := map[api.Ref][]api.File{} // of to-dos: they come along
	err := a.pages(ctx, in(project, "attachments"), url.Values{"sort": {"oldest"}}, func(all []json.RawMessage) error {
		var refs []api.Ref
		for _, e := range all {
			switch on, f := attached(e, project); on.Kind {
			case api.Upload:
				refs = append(refs, on)
			case api.Todo:
				files[on] = append(files[on], f)
			}
		}
		recs, err := readAll(ctx, refs, a.Get)
		if err != nil {
			return err
		}
		return s.put(recs)
	})
	if err == nil {
		a.known.setFiles(project, files)
	}
	return err
}

// listEntries reads a project's calendar events, those past and those to come,
// a recurring one once. Their lists are whole but for comments: the topics tell
// which have some, and those are read one by one.
func (a *Account) listEntries(ctx context.Context, project int64, state api.State, s *sink) error {
	if !live(state) {
		return nil
	}
	var out []*api.Record
	for _, what := range []string{"calendar_events/past", "calendar_events"} {
		err := a.each(ctx, in(project, what), nil, func(e json.RawMessage) error {
			if r := a.record(api.ScheduleEntry, e, from{project: project}); r.ID != 0 {
				out = append(out, r) // the others are occurrences of a recurring event
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(out) == 0 {
		return nil
	}
	discussed, err := a.discussed(ctx, project)
	if err != nil {
		return err
	}
	var refs []api.Ref
	for _, r := range out {
		if discussed[r.Ref] {
			refs = append(refs, r.Ref)
		}
	}
	whole, err := readAll(ctx, refs, a.Get)
	if err != nil {
		return err
	}
	by := map[api.Ref]*api.Record{}
	for _, r := range whole {
		by[r.Ref] = r
	}
	for i, r := range out {
		if w := by[r.Ref]; w != nil {
			out[i] = w
		}
	}
	return s.put(out)
}

// discussed returns what in a project has a topic: messages, and everything
// with comments.
func (a *Account) discussed(ctx context.Context, project int64) (map[api.Ref]bool, error) {
	out := map[api.Ref]bool{}
	for _, what := range []string{"topics", "topics/archived"} {
		err := a.each(ctx, in(project, what), nil, func(e json.RawMessage) error {
			r, _ := a.topic(e, project, what != "topics")
			out[r] = true
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
