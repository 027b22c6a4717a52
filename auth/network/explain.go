package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"

	"basecampfs/auth"
)

// explain says what an error of a connection means where a person can do
// something about it, and returns others as they are.
func (g *guard) explain(r *http.Request, err error) error {
	if _, ok := errors.AsType[*auth.Error](err); ok || errors.Is(err, context.Canceled) {
		return err
	}
	host := auth.Plain(r.URL.Host)
	if e := certificateError(host, err); e != nil {
		return e.Because(err)
	}
	op, ok := errors.AsType[*net.OpError](err)
	if !ok {
		return err
	}
	text := err.Error()
	switch {
	case op.Op == "proxyconnect":
		return auth.Errorf(auth.Proxy, "check the address of the proxy and that it runs; --proxy none goes without",
			"the proxy %s cannot be reached: %s", g.proxyOr("of the system"), auth.Plain(text)).Because(err)
	case strings.HasPrefix(op.Op, "socks"):
		switch {
		case strings.Contains(text, "authentication"), strings.Contains(text, "username/password"):
			return refused(g.proxyOr("of the system"))
		case strings.Contains(text, "EOF"):
			// Some servers hang up instead of refusing a password.
			return auth.Errorf(auth.Proxy, "check BASECAMPFS_PROXY_USER and BASECAMPFS_PROXY_PASSWORD",
				"the proxy %s hung up, as one does that does not accept the user and password", g.proxyOr("of the system")).Because(err)
		}
		return auth.Errorf(auth.Proxy, "check the address of the proxy, and that it may reach "+host,
			"the proxy %s could not connect: %s", g.proxyOr("of the system"), auth.Plain(text)).Because(err)
	}
	return err
}

func certificateError(host string, err error) *auth.Error {
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return auth.Errorf(auth.Certificate, "check this machine's clock (`date`), which may be wrong by days",
			"the certificate of %s is not valid at this machine's time", host)
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return auth.Errorf(auth.Certificate, "check the address, and whether a proxy or a captive portal stands in between",
			"the certificate that answered for %s is of somebody else", host)
	}
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, failed := errors.AsType[*tls.CertificateVerificationError](err)
	if unknown || failed {
		return auth.Errorf(auth.Certificate, "if a company proxy opens the traffic, name its certificate with --ca-file FILE",
			"the certificate of %s comes from an authority that is not trusted here", host)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return auth.Errorf(auth.Certificate, "check the address and its port", "%s does not speak TLS", host)
	}
	return nil
}
