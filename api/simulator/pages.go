package simulator

import (
	"html/template"
	"net/http"
	"net/url"

	"basecampfs/api/simulator/product"
)

const pageHead = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em}
button{font:inherit;padding:.4em 1.2em;margin-right:.5em}code{background:#eee;padding:.1em .3em}</style><h1>{{.Title}}</h1>`

var authorizePage = template.Must(template.New("authorize").Parse(pageHead + `
<p>An application asks to use the simulated Basecamp accounts in your name and to send you back to <code>{{.Redirect}}</code>.</p>
<form method="post" action="/authorization">
{{range $k, $v := .Hidden}}<input type="hidden" name="{{$k}}" value="{{$v}}">{{end}}
<p><label>You are <select name="identity">{{range .Identities}}<option value="{{.Email}}">{{.Name}} ({{.Email}})</option>{{end}}</select></label></p>
<p><button id="allow" name="decision" value="allow">Yes, I’ll allow access</button><button id="deny" name="decision" value="deny">No, thanks</button></p>
</form>`))

var messagePage = template.Must(template.New("message").Parse(pageHead + `<p>{{.Text}}</p>`))

var devicePage = template.Must(template.New("device").Parse(pageHead + `
<form method="post" action="{{.Action}}">
<p><label>The code on your device: <input name="user_code" value="{{.Code}}" autofocus></label></p>
<p><label>You are <select name="identity">{{range .Identities}}<option value="{{.Email}}">{{.Name}} ({{.Email}})</option>{{end}}</select></label></p>
<p><button id="allow" name="decision" value="allow">Allow</button><button id="deny" name="decision" value="deny">Deny</button></p>
</form>`))

func render(w http.ResponseWriter, status int, t *template.Template, data any) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// A failure to write is the reader's going away.
	_ = t.Execute(w, data)
}

func message(w http.ResponseWriter, status int, title, text string) {
	render(w, status, messagePage, map[string]string{"Title": title, "Text": text})
}

func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	message(w, http.StatusOK, "A simulated Basecamp", "This server stands in for Launchpad and for Basecamp's API. What it holds is made up.")
}

func (s *Server) appPage(w http.ResponseWriter, r *http.Request) {
	message(w, http.StatusOK, "A simulated Basecamp", "In the real Basecamp, this would be the page at "+r.URL.Path+".")
}

// authRequest is what an authorization page passes on to its form.
var authRequest = []string{"client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"}

// checkAuthRequest returns what is wrong with an authorization request that
// cannot be sent back to where it came from.
func checkAuthRequest(f url.Values) string {
	switch {
	case f.Get("client_id") != ClientID:
		return "No application is registered with this client_id."
	case !allowedRedirect(f.Get("redirect_uri")):
		return "The redirect_uri is not the registered one."
	}
	return ""
}

func (s *Server) authorizationPage(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if problem := checkAuthRequest(q); problem != "" {
		message(w, http.StatusBadRequest, "That didn’t work", problem)
		return
	}
	if q.Get("response_type") != "code" && q.Get("type") != "web_server" {
		back(w, r, q, url.Values{"error": {"unsupported_response_type"}})
		return
	}
	hidden := map[string]string{}
	for _, k := range authRequest {
		if v := q.Get(k); v != "" {
			hidden[k] = v
		}
	}
	render(w, http.StatusOK, authorizePage, map[string]any{"Title": "Allow access?", "Redirect": q.Get("redirect_uri"),
		"Hidden": hidden, "Identities": s.opts.Identities})
}

// authorize takes the decision from the page and sends the browser back.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		message(w, http.StatusBadRequest, "That didn’t work", err.Error())
		return
	}
	f := r.PostForm
	if problem := checkAuthRequest(f); problem != "" {
		message(w, http.StatusBadRequest, "That didn’t work", problem)
		return
	}
	who, ok := s.identity(f.Get("identity"))
	if !ok || f.Get("decision") != "allow" {
		back(w, r, f, url.Values{"error": {"access_denied"}})
		return
	}
	t := &s.tokens
	t.mu.Lock()
	code := t.make("code")
	t.codes[code] = &grant{who: who, client: f.Get("client_id"), redirect: f.Get("redirect_uri"),
		challenge: f.Get("code_challenge"), verifier: f.Get("code_challenge_method"), expires: s.opts.Now().Add(codeLife)}
	t.mu.Unlock()
	back(w, r, f, url.Values{"code": {code}})
}

// identity finds who signs in by email address; "" is the first one.
func (s *Server) identity(email string) (product.Identity, bool) {
	if email == "" {
		return s.opts.Identities[0], true
	}
	for _, i := range s.opts.Identities {
		if i.Email == email {
			return i, true
		}
	}
	return product.Identity{}, false
}

// back sends the browser to the redirect URI with the answer and the state.
func back(w http.ResponseWriter, r *http.Request, f, answer url.Values) {
	u, err := url.Parse(f.Get("redirect_uri"))
	if err != nil {
		message(w, http.StatusBadRequest, "That didn’t work", "The redirect_uri is no URI.")
		return
	}
	q := u.Query()
	for k, v := range answer {
		q[k] = v
	}
	if state := f.Get("state"); state != "" {
		q.Set("state", state)
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}
