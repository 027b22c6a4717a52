package network

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"time"
)

// connections writes what happens below a request to the log: names looked
// up, connections, TLS, and at LevelAll each step with its time.
type connections struct {
	next http.RoundTripper
	log  *Log
}

func (c *connections) RoundTrip(r *http.Request) (*http.Response, error) {
	l := c.log
	if l.Verbosity() < LevelTransport {
		return c.next.RoundTrip(r)
	}
	start := time.Now()
	say := func(level int, format string, a ...any) {
		l.printf(level, "%s [%s] %s", r.URL.Host, time.Since(start).Round(time.Microsecond), fmt.Sprintf(format, a...))
	}
	trace := &httptrace.ClientTrace{
		DNSDone: func(i httptrace.DNSDoneInfo) {
			say(LevelTransport, "looked up: %v, error %v", i.Addrs, i.Err)
		},
		ConnectStart: func(network, addr string) { say(LevelAll, "connecting to %s %s", network, addr) },
		ConnectDone: func(network, addr string, err error) {
			if err != nil {
				say(LevelTransport, "connection to %s failed: %v", addr, err)
				return
			}
			say(LevelTransport, "connected to %s", addr)
		},
		TLSHandshakeStart: func() { say(LevelAll, "TLS handshake begins") },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			if err != nil {
				say(LevelTransport, "TLS failed: %v", err)
				return
			}
			say(LevelTransport, "%s, %s, protocol %q, resumed %t", tls.VersionName(s.Version), tls.CipherSuiteName(s.CipherSuite), s.NegotiatedProtocol, s.DidResume)
			for _, cert := range s.PeerCertificates {
				say(LevelAll, "certificate of %s by %s, valid from %s to %s", cert.Subject, cert.Issuer,
					cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339))
			}
		},
		GotConn: func(i httptrace.GotConnInfo) {
			say(LevelTransport, "connection %s → %s, reused %t", i.Conn.LocalAddr(), i.Conn.RemoteAddr(), i.Reused)
		},
		Got100Continue:       func() { say(LevelAll, "told to continue") },
		WroteHeaders:         func() { say(LevelAll, "headers sent") },
		WroteRequest:         func(i httptrace.WroteRequestInfo) { say(LevelAll, "request sent, error %v", i.Err) },
		GotFirstResponseByte: func() { say(LevelAll, "answer begins") },
		PutIdleConn:          func(err error) { say(LevelAll, "connection kept, error %v", err) },
	}
	return c.next.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
}
