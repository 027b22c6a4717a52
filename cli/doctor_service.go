package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"basecampfs/auth"
)

// networkFindings checks the way to the sign-in server, and the clock by its
// answer.
func networkFindings(ctx context.Context, s *signIn) []finding {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.launchpad+"/authorization.json", nil)
	if err != nil {
		return []finding{{"network", stateProblem, "the address of the sign-in server is wrong", "check BASECAMPFS_LAUNCHPAD_URL"}}
	}
	start := time.Now()
	resp, err := s.http.Do(req)
	if err != nil {
		do := auth.HintOf(err)
		if do == "" {
			do = "check the connection, and the proxy: --proxy system, none or a URL"
		}
		return []finding{{"network", stateProblem, fmt.Sprintf("%s cannot be reached: %s", req.URL.Host, auth.Plain(cause(err))), do}}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	took := time.Since(start)
	detail := fmt.Sprintf("%s answers within %s", req.URL.Host, took.Round(time.Millisecond))
	if p := s.net.ProxyFor(req.URL); p != "" {
		detail += ", through the proxy " + p
	}
	return []finding{{Check: "network", State: stateOK, Detail: detail}, clockFinding(resp.Header.Get("Date"), time.Now(), took)}
}

// cause is the text of an error without the address that was asked.
func cause(err error) string {
	if e, ok := err.(interface{ Unwrap() error }); ok && e.Unwrap() != nil {
		return e.Unwrap().Error()
	}
	return err.Error()
}

// clockFinding compares this machine's clock with the date of an answer, which
// is in whole seconds and took as long as the answer to come.
func clockFinding(date string, now time.Time, took time.Duration) finding {
	t, err := http.ParseTime(date)
	if err != nil {
		return finding{"clock", stateNote, "the server tells no time to compare with", "compare by eye: date -u"}
	}
	off := now.Sub(t)
	abs := max(off.Abs()-took-time.Second, 0)
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	detail := fmt.Sprintf("%s %s the server's", off.Abs().Round(time.Second), way)
	const do = "set the clock: sudo timedatectl set-ntp true"
	switch {
	case abs > 24*time.Hour:
		return finding{"clock", stateWarning, detail + "; certificates may be refused, and times in the mount are off; signing in works on the server's word", do}
	case abs > 2*time.Minute:
		return finding{"clock", stateWarning, detail, do}
	}
	return finding{Check: "clock", State: stateOK, Detail: "agrees with the server's"}
}

// signInFindings checks the stored sign-in, what the service says to it, and
// how much it may be asked.
func signInFindings(ctx context.Context, s *signIn) []finding {
	ses := s.session
	a, err := ses.Authorization(ctx)
	if err != nil {
		return []finding{{"sign-in", stateProblem, err.Error(), auth.HintOf(err)}}
	}
	out := []finding{{Check: "sign-in", State: stateOK, Detail: fmt.Sprintf("%s, kept in %s", a.Identity.Name(), s.where())}}
	if c, err := ses.Credential(ctx); err == nil && c.Kind == auth.OAuth {
		f := finding{Check: "token", State: stateOK, Detail: "accepted, and refreshed by itself"}
		if c.RefreshToken == "" {
			f = finding{"token", stateNote, "accepted, and cannot be refreshed once it expires", "then: " + ses.LoginCommand()}
		}
		if err := ses.Unsaved(); err != nil {
			f = finding{"token", stateWarning, err.Error(), auth.HintOf(err)}
		}
		out = append(out, f)
	}
	mountable := a.Mountable("")
	if len(mountable) == 0 {
		return append(out, finding{"accounts", stateProblem, "none of the accounts can be mounted", "see why: basecampfs auth status"})
	}
	out = append(out, finding{Check: "accounts", State: stateOK, Detail: fmt.Sprintf("%d of %d can be mounted", len(mountable), len(a.Accounts))})
	for _, acc := range mountable {
		out = append(out, limitFinding(ctx, s, ses, acc))
	}
	return out
}

// limitFinding asks an account for the smallest thing there is, which tells
// whether it answers and whether it asks to slow down.
func limitFinding(ctx context.Context, s *signIn, ses *auth.Session, acc auth.Account) finding {
	name := auth.Plain(acc.Name)
	path := "/my/profile.json"
	if acc.Product == auth.Basecamp2 {
		path = "/people/me.json"
	}
	client := *s.http
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, acc.Href+path, nil)
	if err == nil {
		err = ses.Authorize(ctx, req)
	}
	if err != nil {
		return finding{"rate limit", stateProblem, err.Error(), auth.HintOf(err)}
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if err != nil {
		return finding{"rate limit", stateProblem, fmt.Sprintf("%s cannot be reached: %s", name, auth.Plain(cause(err))), auth.HintOf(err)}
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		wait := orDefault(auth.Plain(resp.Header.Get("Retry-After")), "some")
		return finding{"rate limit", stateWarning, name + " asks to slow down", "wait " + wait + " seconds; other programs on this network count as well"}
	case resp.StatusCode == http.StatusOK:
		return finding{Check: "rate limit", State: stateOK, Detail: name + " answers, and does not ask to slow down"}
	case resp.StatusCode == http.StatusNotFound && resp.Header.Get("Reason") != "":
		return finding{"rate limit", stateWarning, name + " is not served: " + auth.Plain(resp.Header.Get("Reason")), "ask the account's owner, or leave it out with --account"}
	}
	return finding{"rate limit", stateWarning, fmt.Sprintf("%s answers %d", name, resp.StatusCode), "see whether it works in the browser: " + auth.Plain(acc.AppHref)}
}
