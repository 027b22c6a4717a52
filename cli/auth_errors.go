package cli

import (
	"context"
	"net/http"

	"basecampfs/api"
	"basecampfs/auth"
)

// authorizer is a Session's Authorize with the errors of package api, whose
// codes tell a mount whether it is signed out or only cut off.
func authorizer(s *auth.Session) func(context.Context, *http.Request) error {
	return func(ctx context.Context, r *http.Request) error { return apiError(s.Authorize(ctx, r)) }
}

var apiCode = map[auth.Code]api.Code{
	auth.Canceled: api.Canceled, auth.Timeout: api.Timeout,
	auth.Unreachable: api.Unreachable, auth.Proxy: api.Unreachable, auth.Certificate: api.Unreachable,
	auth.SignIn: api.SignIn, auth.Denied: api.SignIn, auth.Client: api.SignIn,
	auth.Store: api.SignIn, auth.Passphrase: api.SignIn,
	auth.Usage: api.Invalid, auth.NotFound: api.NotFound, auth.Unsupported: api.Unsupported, auth.Malformed: api.Malformed,
}

// apiError turns an *auth.Error into an *api.Error and returns any other error
// as it is.
func apiError(err error) error {
	code, ok := apiCode[auth.CodeOf(err)]
	if !ok {
		return err
	}
	return &api.Error{Code: code, Message: err.Error(), Hint: auth.HintOf(err), Err: err}
}
