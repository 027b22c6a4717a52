package auth

import (
	"context"
	"errors"
	"time"
)

// refreshTime bounds one refresh, with the wait for other processes.
const refreshTime = 90 * time.Second

// afterFailure is how long a failed refresh is not tried again: every request
// of a mount would, and wait for it.
const afterFailure = 10 * time.Second

// current returns the sign-in as the store has it now. It reads the store only
// where something was saved since it last did, so that a running mount follows
// a new sign-in, and a sign-out, at the price of a stat.
func (s *Session) current(ctx context.Context) (*Credential, error) {
	if s.c.Static != nil {
		return s.c.Static, nil
	}
	gen := s.c.Storage.Generation(s.c.Profile)
	s.mu.Lock()
	c, fresh := s.cur, s.read && gen == s.gen
	s.mu.Unlock()
	if fresh && c != nil {
		return c, nil
	}
	return s.reload(ctx)
}

// reload reads the store. Where it cannot be read just now, a sign-in that was
// read before goes on.
func (s *Session) reload(ctx context.Context) (*Credential, error) {
	if s.c.Static != nil {
		return s.c.Static, nil
	}
	gen := s.c.Storage.Generation(s.c.Profile)
	c, err := s.c.Storage.Load(ctx, s.c.Profile)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil && s.unsaved != nil && c.AccessToken == s.base && s.cur != nil:
		// The store still has what we replaced: our newer one could not be
		// saved.
		s.gen, s.read = gen, true
	case err == nil:
		if s.cur == nil || s.cur.AccessToken != c.AccessToken {
			s.retryAt, s.lastErr, s.unsaved = time.Time{}, nil, nil
		}
		s.cur, s.gen, s.read = c, gen, true
	case CodeOf(err) == SignIn && s.unsaved != nil && s.cur != nil:
		s.gen, s.read = gen, true
	case CodeOf(err) == SignIn:
		s.cur, s.gen, s.read = nil, gen, true
		return nil, s.withCommand(err)
	case s.cur != nil && CodeOf(err) != Canceled:
		s.c.Logf(1, "auth: the stored sign-in cannot be read, the one read before is used: "+err.Error())
	default:
		return nil, err
	}
	return s.cur, nil
}

// withCommand puts the command for this profile into the hint of err. The
// caller holds mu, and cur is nil.
func (s *Session) withCommand(err error) error {
	if s.c.LoginCommand == "" {
		return err
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	return &Error{Code: e.Code, Message: e.Message, Hint: "sign in: " + s.c.LoginCommand, Err: e.Err}
}

// share runs f once for all who ask for key at once, on a context of its own:
// one asker who gives up must not fail the others, nor lose a token that the
// server has already handed out.
func (s *Session) share(ctx context.Context, key string, f func(context.Context) (*Credential, error)) (*Credential, error) {
	ch := s.group.DoChan(key, func() (any, error) {
		return f(context.WithoutCancel(ctx))
	})
	select {
	case <-ctx.Done():
		return nil, requestError("waiting for a new token", ctx.Err())
	case r := <-ch:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*Credential), nil
	}
}

// refresh gets another access token in place of bad: from the store, where
// another process has refreshed it, or else from the server.
func (s *Session) refresh(ctx context.Context, bad string) (*Credential, error) {
	return s.share(ctx, "refresh", func(ctx context.Context) (*Credential, error) {
		ctx, cancel := context.WithTimeout(ctx, refreshTime)
		defer cancel()
		return s.refreshLocked(ctx, bad, false)
	})
}

// Refresh gets another access token now, whether it is due or not.
func (s *Session) Refresh(ctx context.Context) (*Credential, error) {
	c, err := s.reload(ctx)
	if err != nil {
		return nil, err
	}
	if c.Kind != OAuth || c.RefreshToken == "" || s.c.Static != nil {
		return nil, Errorf(Unsupported, s.LoginCommand(), "this sign-in has no refresh token, so it cannot be refreshed")
	}
	return s.share(ctx, "refresh", func(ctx context.Context) (*Credential, error) {
		ctx, cancel := context.WithTimeout(ctx, refreshTime)
		defer cancel()
		return s.refreshLocked(ctx, c.AccessToken, true)
	})
}

func (s *Session) refreshLocked(ctx context.Context, bad string, force bool) (*Credential, error) {
	unlock, err := s.c.Storage.Lock(ctx, s.c.Profile)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, err := s.reload(ctx)
	if err != nil {
		return nil, err
	}
	if c.AccessToken != bad && !c.due(s.c.Now()) {
		s.log(2, "another process has refreshed the token")
		return c, nil
	}
	now := s.c.Now()
	s.mu.Lock()
	dead, last, wait := s.dead[c.RefreshToken], s.lastErr, now.Before(s.retryAt)
	s.mu.Unlock()
	switch {
	case dead != nil:
		return nil, dead
	case c.RefreshToken == "":
		return nil, s.ended("the token has expired or was revoked, and no refresh token is there")
	case wait && !force:
		return nil, last
	case s.c.RefreshLimit.TokensAt(now) < 1 && !force:
		return nil, Errorf(SignIn, "see what `basecampfs auth status` says; it clears by itself within minutes or never",
			"Basecamp refuses each new token as well")
	}
	n, err := s.exchange(ctx, c)
	if err != nil {
		s.mu.Lock()
		s.retryAt, s.lastErr = now.Add(afterFailure), err
		s.mu.Unlock()
		return nil, err
	}
	s.c.RefreshLimit.AllowN(now, 1)
	s.log(1, "the token was refreshed")
	s.keep(ctx, n)
	return n, nil
}

// exchange asks the server, a second time where the first got no answer.
func (s *Session) exchange(ctx context.Context, c *Credential) (*Credential, error) {
	secret := c.ClientSecret
	if secret == "" && c.ClientID == s.c.App.ID {
		secret = s.c.App.Secret
	}
	req := *c
	if req.TokenURL == "" {
		req.TokenURL = launchpad(s.c.Launchpad).TokenURL
	}
	if req.ClientID == "" {
		// A refresh token that came from outside belongs to the app that is
		// configured here, or to nobody that we know.
		req.ClientID, secret = s.c.App.ID, s.c.App.Secret
	}
	for try := 0; ; try++ {
		start := s.c.Now()
		n, err := Refresh(ctx, s.c.HTTP, &req, secret, s.c.Now)
		s.log(2, "refresh took "+s.c.Now().Sub(start).Round(time.Millisecond).String())
		if err == nil {
			n.ClientID, n.ClientSecret, n.TokenURL = c.ClientID, c.ClientSecret, c.TokenURL
			return n, nil
		}
		code := CodeOf(err)
		if code == SignIn {
			e, _ := errors.AsType[*Error](err)
			e = s.ended("%s", e.Message).Because(e.Err)
			s.mu.Lock()
			s.dead[c.RefreshToken] = e
			s.mu.Unlock()
			return nil, e
		}
		if try > 0 || (code != Unreachable && code != Timeout) {
			return nil, err
		}
		pause := time.Second
		if r, ok := errors.AsType[*refreshError](err); ok && r.retryAfter > 0 {
			pause = r.retryAfter
		}
		if pause > 20*time.Second {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// keep makes c current and saves it. One that cannot be saved goes on in
// memory, and Unsaved tells why.
func (s *Session) keep(ctx context.Context, c *Credential) {
	var err error
	if s.c.Storage != nil {
		err = s.c.Storage.Save(ctx, s.c.Profile, c)
	}
	if err != nil {
		s.log(1, "the new token is kept in memory alone: "+err.Error()+" ("+HintOf(err)+")")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.unsaved == nil && s.cur != nil {
		s.base = s.cur.AccessToken
	}
	s.cur, s.unsaved, s.retryAt, s.lastErr = c, err, time.Time{}, nil
	// The store is read again next time, lest somebody else's change since
	// Save be taken for ours.
	s.read = false
}

// Unsaved returns why the newest token could not be saved; nil where it was.
func (s *Session) Unsaved() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unsaved
}
