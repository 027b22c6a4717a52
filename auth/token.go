package auth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"basecampfs/auth/redact"
)

// App is the application that signs in on a person's behalf.
type App struct {
	ID          string
	Secret      string
	RedirectURL string // "" for a loopback address on a free port
}

// The application built into the program, set at link time:
//
//	go build -ldflags "-X basecampfs/auth.builtinID=… -X basecampfs/auth.builtinSecret=… -X basecampfs/auth.builtinRedirect=…"
var builtinID, builtinSecret, builtinRedirect string

// BuiltinApp returns the application that was built in; one without an ID
// where none was.
func BuiltinApp() App {
	redact.Register(builtinSecret)
	return App{ID: builtinID, Secret: builtinSecret, RedirectURL: builtinRedirect}
}

// tokenAnswer is what a token endpoint answers, be it a token or an error.
type tokenAnswer struct {
	AccessToken  string      `json:"access_token"`
	RefreshToken string      `json:"refresh_token"`
	TokenType    string      `json:"token_type"`
	ExpiresIn    json.Number `json:"expires_in"`
	Resource     string      `json:"resource"`
	Code         string      `json:"error"`
	Description  string      `json:"error_description"`
}

// refreshError is a token endpoint's refusal.
type refreshError struct {
	status     int
	code, text string
	retryAfter time.Duration
}

func (e *refreshError) Error() string { return Plain(e.code + " " + e.text) }

// Refresh asks for a new access token in place of c's and returns c with it.
// An error with Code SignIn means that the refresh token is worth nothing any
// more, one with Unreachable or Timeout that it may be tried again.
func Refresh(ctx context.Context, client *http.Client, c *Credential, secret string, now func() time.Time) (*Credential, error) {
	if err := checkURL(c.TokenURL); err != nil {
		return nil, err
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {c.RefreshToken}, "client_id": {c.ClientID}}
	if secret != "" {
		form.Set("client_secret", secret)
	}
	if c.Resource != "" {
		form.Set("resource", c.Resource)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, requestError("refreshing the token", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := still(client).Do(req)
	if err != nil {
		return nil, requestError("refreshing the token", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, requestError("refreshing the token", err)
	}
	var a tokenAnswer
	bad := json.Unmarshal(body, &a)
	if resp.StatusCode != http.StatusOK || a.AccessToken == "" {
		text := a.Description
		if bad != nil {
			text = string(body)
		}
		return nil, tokenError(&refreshError{resp.StatusCode, a.Code, text, retryAfter(resp.Header)})
	}
	n := *c
	n.AccessToken, n.Obtained, n.Expiry = a.AccessToken, now(), time.Time{}
	if a.RefreshToken != "" {
		n.RefreshToken = a.RefreshToken
	}
	if a.Resource != "" {
		n.Resource = a.Resource
	}
	if s, err := strconv.ParseFloat(a.ExpiresIn.String(), 64); err == nil && s > 0 {
		n.Expiry = n.Obtained.Add(seconds(s))
	}
	n.Register()
	return &n, n.Check()
}

// seconds turns a number from a server into a duration of ten years at most.
func seconds(s float64) time.Duration {
	return time.Duration(math.Min(s, 10*365*24*3600) * float64(time.Second))
}

func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s < 0 {
		return 0
	}
	return time.Duration(min(s, 3600)) * time.Second
}

// again is the hint of an Error that only a new sign-in helps against. A
// Session puts the command of its own profile in its place.
const again = "sign in again: basecampfs auth login"

// tokenError says what a refusal of a token endpoint means.
func tokenError(e *refreshError) *Error {
	all := strings.ToLower(e.code + " " + e.text)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(all, p) {
				return true
			}
		}
		return false
	}
	switch {
	// Launchpad's words after a password was changed.
	case has("deadbolt", "rekeyed", "unknown basecamp id"):
		return Errorf(SignIn, again, "the sign-in has ended, as it does when the password is changed (%s)", e).Because(e)
	case e.status == http.StatusTooManyRequests || e.status >= 500:
		return Errorf(Unreachable, "try again later", "the sign-in server answered %d to a refresh", e.status).Because(e)
	case has("invalid_client", "unauthorized_client"):
		return Errorf(Client, "check BASECAMPFS_CLIENT_ID and BASECAMPFS_CLIENT_SECRET, or --client-id, and sign in again: basecampfs auth login",
			"the sign-in server does not know this app, or its secret is wrong (%s)", e).Because(e)
	case has("invalid_grant", "invalid_token", "expired_token"):
		return Errorf(SignIn, again, "the sign-in has ended: its refresh token was revoked or has expired").Because(e)
	case e.status >= 400:
		return Errorf(SignIn, again, "the sign-in server refused to refresh the token (%d %s)", e.status, e).Because(e)
	}
	return Errorf(Malformed, "try again later", "the sign-in server answered %d with no token", e.status).Because(e)
}

// FromToken returns the Credential for a token that package oauth2 got from e
// for app.
func FromToken(t *oauth2.Token, e Endpoints, app App, flow Flow, now time.Time) (*Credential, error) {
	c := &Credential{
		Kind: OAuth, AccessToken: t.AccessToken, RefreshToken: t.RefreshToken,
		Obtained: now, Expiry: t.Expiry,
		ClientID: app.ID, ClientSecret: app.Secret,
		TokenURL: e.TokenURL, AuthorizationURL: e.AuthorizationURL, Resource: e.Resource, Flow: flow,
	}
	if s, ok := t.Extra("resource").(string); ok && s != "" {
		c.Resource = s
	}
	if app.ID == builtinID && app.Secret == builtinSecret {
		c.ClientSecret = ""
	}
	if t.ExpiresIn > 0 {
		c.Expiry = now.Add(seconds(float64(t.ExpiresIn)))
	}
	c.Register()
	return c, c.Check()
}

// GrantError says what went wrong while a code was exchanged for a token.
func GrantError(err error) error {
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return requestError("signing in", err)
	}
	text := r.ErrorDescription
	if r.ErrorCode == "" {
		text = string(r.Body)
	}
	e := &refreshError{status: r.Response.StatusCode, code: r.ErrorCode, text: text}
	switch {
	case r.ErrorCode == "invalid_client" || r.ErrorCode == "unauthorized_client":
		return tokenError(e)
	case r.ErrorCode == "access_denied":
		return Errorf(Denied, "run `basecampfs auth login` again and allow the access", "the access was not allowed")
	case r.ErrorCode == "expired_token":
		return Errorf(Timeout, "run `basecampfs auth login` again and enter the new code in time", "the code was not entered in time")
	case e.status >= 500 || e.status == http.StatusTooManyRequests:
		return Errorf(Unreachable, "try again later", "the sign-in server answered %d", e.status).Because(err)
	}
	return Errorf(Denied, "run `basecampfs auth login` again; a code is good once and for a short time", "the sign-in server refused the code (%s)", e).Because(err)
}
