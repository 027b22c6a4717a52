package transport

import (
	"context"
	"io"
	"sync"
	"time"
)

// watched is a context that ends when nothing got ahead for a while.
type watched struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	d      time.Duration
	timer  *time.Timer // nil without a timeout
}

// watch starts to watch; its context ends with errIdle as its cause d after
// the last kick. 0 watches nothing.
func watch(parent context.Context, d time.Duration) *watched {
	w := &watched{d: d}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	if d > 0 {
		w.timer = time.AfterFunc(d, func() { w.cancel(errIdle) })
	}
	return w
}

// kick says that something got ahead.
func (w *watched) kick() {
	if w.timer != nil && w.ctx.Err() == nil {
		w.timer.Reset(w.d)
	}
}

func (w *watched) stop() {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.cancel(context.Canceled)
}

// download is the body of an answer: it kicks the watch with every read.
type download struct {
	body  io.ReadCloser
	w     *watched
	stats *counters
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.body.Read(p)
	if n > 0 {
		d.w.kick()
		d.stats.received.Add(int64(n))
	}
	if err != nil && err != io.EOF {
		if cause := context.Cause(d.w.ctx); cause != nil {
			err = cause
		}
	}
	return n, err
}

func (d *download) Close() error {
	d.w.stop()
	return d.body.Close()
}

// upload is the body of a request: it kicks the watch with every read.
type upload struct {
	r      io.Reader
	w      *watched
	stats  *counters
	once   sync.Once
	closed chan struct{}
}

func newUpload(r io.Reader, w *watched, s *counters) *upload {
	return &upload{r: r, w: w, stats: s, closed: make(chan struct{})}
}

func (u *upload) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if n > 0 {
		u.w.kick()
		u.stats.sent.Add(int64(n))
	}
	return n, err
}

// Close is called by the HTTP client, perhaps after it has returned.
func (u *upload) Close() error {
	u.once.Do(func() { close(u.closed) })
	return nil
}

// wait returns when the HTTP client is done with the body: it is not read any
// more. The watch's context has ended or the answer is there by then, so that
// takes no longer than a read of the body.
func (u *upload) wait(ctx context.Context) {
	select {
	case <-u.closed:
	case <-ctx.Done():
	}
}
