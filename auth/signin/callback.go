package signin

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"basecampfs/auth"
)

// arrival is a code, or why there is none, with a function that tells the
// page, or whoever brought it, how it ended.
type arrival struct {
	code   string
	err    error
	report func(error)
}

// callback is the page on this machine that the browser comes back to.
type callback struct {
	redirect string // what the server is told
	arrived  chan arrival
	server   *http.Server // nil where the browser cannot come here
	busy     error        // why not
}

// listen makes the page of a redirect URL. One that is not on this machine
// has none: its code is pasted.
func listen(redirect, state string) (*callback, error) {
	u, err := url.Parse(redirect)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, auth.Errorf(auth.Usage, "use the one that the app was registered with, such as http://127.0.0.1:8977/callback", "%q is no redirect URL", auth.Plain(redirect))
	}
	cb := &callback{redirect: redirect, arrived: make(chan arrival)}
	hosts := []string{u.Hostname()}
	if u.Hostname() == "localhost" {
		hosts = []string{"127.0.0.1", "::1"}
	}
	if ip := net.ParseIP(hosts[0]); u.Scheme != "http" || ip == nil || !ip.IsLoopback() {
		cb.busy = auth.Errorf(auth.Usage, "run it in a terminal and paste the code", "the redirect URL %s is not on this machine", auth.Plain(u.Host))
		return cb, nil
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	var listeners []net.Listener
	for _, h := range hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(h, port))
		if err != nil {
			cb.busy = auth.Errorf(auth.Usage, "end the program that uses it, or choose another --port that the app is registered with",
				"port %s of this machine cannot be used", port).Because(err)
			continue
		}
		listeners = append(listeners, l)
		port = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	}
	if len(listeners) == 0 {
		return cb, nil
	}
	cb.busy = nil
	if u.Port() == "0" {
		u.Host = net.JoinHostPort(u.Hostname(), port)
		cb.redirect = u.String()
	}
	path := u.Path
	if path == "" {
		path = "/"
	}
	cb.server = &http.Server{
		Handler:           cb.handler(u.Host, path, state),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    64 << 10,
	}
	for _, l := range listeners {
		go func() { _ = cb.server.Serve(l) }()
	}
	return cb, nil
}

// close ends the page once every answer is out.
func (cb *callback) close() {
	if cb.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if errors.Is(cb.server.Shutdown(ctx), context.DeadlineExceeded) {
		cb.server.Close()
	}
}

func (cb *callback) handler(host, path, state string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case r.URL.Path != path:
			http.NotFound(w, r)
			return
		case r.Host != host:
			// Another name for this machine is how a page elsewhere would
			// reach it through the browser.
			page(w, http.StatusForbidden, "Not here", "This page answers at "+host+" alone.")
			return
		case r.Method != http.MethodGet:
			page(w, http.StatusMethodNotAllowed, "Not here", "This page is for the browser that signs in.")
			return
		case !sameState(q.Get("state"), state):
			// The flow goes on: whoever sent this cannot end it.
			page(w, http.StatusBadRequest, "Not signed in", "This page belongs to another attempt to sign in. Go back to the terminal and start again.")
			return
		}
		code, err := codeOf(q)
		done := make(chan error, 1)
		select {
		case cb.arrived <- arrival{code: code, err: err, report: func(e error) { done <- e }}:
		case <-r.Context().Done():
			return
		case <-time.After(30 * time.Second):
			page(w, http.StatusConflict, "Not signed in", "Nobody waits for this page any more.")
			return
		}
		select {
		case err = <-done:
		case <-time.After(2 * time.Minute):
			err = errors.New("no answer")
		}
		if err != nil {
			page(w, http.StatusBadRequest, "Not signed in", "It did not work. The terminal says why. You can close this page.")
			return
		}
		page(w, http.StatusOK, "Signed in", "basecampfs is signed in. You can close this page.")
	})
}

var pageTemplate = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}</style>
<h1>{{.Title}}</h1><p>{{.Text}}</p></html>
`))

func page(w http.ResponseWriter, status int, title, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer") // the address holds the code
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	if err := pageTemplate.Execute(w, struct{ Title, Text string }{title, text}); err != nil {
		fmt.Fprintln(w, title)
	}
}
