// Package network makes the connections of the program: through proxies, with
// further authorities, bounded in time by phase and never as a whole, and
// written to a log that holds no secret.
package network

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"os"
	"time"

	"basecampfs/auth"
)

// Config says how connections are made. Its zero value uses the system's
// proxy, the system's authorities and no time limit.
type Config struct {
	// Proxy is "" or "system" for the one that HTTPS_PROXY, HTTP_PROXY and
	// NO_PROXY name, "none" for no proxy, or a URL. Its scheme is http or
	// https for an HTTP proxy reached in the clear or over TLS, tunnel for
	// one that is asked for a tunnel (CONNECT) whatever the request, or
	// socks5 or socks5h, which both leave names to the proxy.
	Proxy string
	// ProxyUser and ProxyPassword go before what the URL holds.
	ProxyUser, ProxyPassword string

	// CAFile names a file of PEM certificates of authorities that are
	// trusted besides the system's.
	CAFile string

	// Timeout bounds each phase of a request by itself: connecting, the TLS
	// handshake, waiting for the answer to begin, and each wait for further
	// bytes in either direction. 0 waits for ever. A transfer that makes
	// progress is never cut, however long it takes.
	Timeout time.Duration

	// UserAgent is for requests that have none of their own.
	UserAgent string

	// Log may be nil.
	Log *Log
}

// DefaultTimeout is a sensible Config.Timeout.
const DefaultTimeout = 60 * time.Second

// Transport returns what makes connections for package api/transport, which
// logs its requests by itself. It writes no more than level 4 to the log:
// connections and TLS. Errors are *auth.Error where a proxy or a certificate
// is at fault.
func (c Config) Transport() (http.RoundTripper, error) {
	t, err := c.base()
	if err != nil {
		return nil, err
	}
	var rt http.RoundTripper = &connections{next: t, log: c.Log}
	return &guard{next: rt, timeout: c.Timeout, agent: c.UserAgent, proxy: c.proxyName()}, nil
}

// Client returns a client for everything else. It logs requests as well.
func (c Config) Client() (*http.Client, error) {
	rt, err := c.Transport()
	if err != nil {
		return nil, err
	}
	return &http.Client{Transport: &requests{next: rt, log: c.Log}}, nil
}

func (c Config) base() (*http.Transport, error) {
	dialer := &net.Dialer{Timeout: c.Timeout, KeepAlive: 30 * time.Second}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, addr)
		if err != nil || c.Timeout <= 0 {
			return conn, err
		}
		return &writeGuard{Conn: conn, timeout: c.Timeout}, nil
	}
	t := &http.Transport{
		DialContext:           dial,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   16,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   c.Timeout,
		ResponseHeaderTimeout: c.Timeout,
		ExpectContinueTimeout: time.Second,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if c.CAFile != "" {
		pool, err := authorities(c.CAFile)
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig.RootCAs = pool
	}
	if err := c.route(t, dial); err != nil {
		return nil, err
	}
	return t, nil
}

func authorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, auth.Errorf(auth.Usage, "check the name of the CA file", "the CA file cannot be read: %s", auth.Plain(err.Error())).Because(err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, auth.Errorf(auth.Usage, "it must hold lines such as -----BEGIN CERTIFICATE-----", "the CA file %s holds no certificate", auth.Plain(file))
	}
	return pool, nil
}
