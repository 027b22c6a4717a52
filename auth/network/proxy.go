package network

import (
	"bufio"
	"context"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

const proxyHint = "use http://, https://, tunnel:// or socks5:// and a host and port, or system, or none"

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// proxyURL returns the explicit proxy; nil for the system's or for none.
func (c Config) proxyURL() (*url.URL, error) {
	switch strings.ToLower(c.Proxy) {
	case "", "system", "none", "direct":
		return nil, nil
	}
	s := c.Proxy
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		// The text may hold a password, so it is not repeated.
		return nil, auth.Errorf(auth.Usage, proxyHint, "the address of the proxy cannot be understood")
	}
	ports := map[string]string{"http": "3128", "https": "443", "tunnel": "3128", "socks5": "1080", "socks5h": "1080"}
	u.Scheme = strings.ToLower(u.Scheme)
	if ports[u.Scheme] == "" {
		return nil, auth.Errorf(auth.Usage, proxyHint, "%q is no kind of proxy", auth.Plain(u.Scheme))
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), ports[u.Scheme])
	}
	user, password := u.User.Username(), ""
	if u.User != nil {
		password, _ = u.User.Password()
	}
	if c.ProxyUser != "" {
		user = c.ProxyUser
	}
	if c.ProxyPassword != "" {
		password = c.ProxyPassword
	}
	u.User = nil
	if user != "" {
		u.User = url.UserPassword(user, password)
		redact.Register(password, basic(u.User))
	}
	return u, nil
}

// proxyName names the proxy for a person; "" where there may be none.
func (c Config) proxyName() string {
	u, err := c.proxyURL()
	if err != nil || u == nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// ProxyFor names the proxy that a request to u goes through, with no password;
// "" where it goes through none.
func (c Config) ProxyFor(u *url.URL) string {
	if n := c.proxyName(); n != "" {
		return n
	}
	if p := strings.ToLower(c.Proxy); p != "" && p != "system" {
		return ""
	}
	p, err := httpproxy.FromEnvironment().ProxyFunc()(u)
	if err != nil || p == nil {
		return ""
	}
	return p.Scheme + "://" + p.Host
}

// route sends the requests of t through the proxy.
func (c Config) route(t *http.Transport, dial dialFunc) error {
	u, err := c.proxyURL()
	if err != nil {
		return err
	}
	t.OnProxyConnectResponse = func(_ context.Context, p *url.URL, _ *http.Request, resp *http.Response) error {
		return connectError(p.Scheme+"://"+p.Host, resp.StatusCode)
	}
	switch {
	case u == nil && (c.Proxy == "" || strings.EqualFold(c.Proxy, "system")):
		env := httpproxy.FromEnvironment()
		for _, s := range []string{env.HTTPProxy, env.HTTPSProxy} {
			if p, err := url.Parse(s); err == nil && p.User != nil {
				password, _ := p.User.Password()
				redact.Register(password, basic(p.User))
			}
		}
		choose := env.ProxyFunc()
		t.Proxy = func(r *http.Request) (*url.URL, error) { return choose(r.URL) }
	case u == nil:
	case u.Scheme == "tunnel":
		t.DialContext = (&tunnel{proxy: u, dial: dial, timeout: c.Timeout}).DialContext
	default:
		t.Proxy = http.ProxyURL(u)
	}
	return nil
}

func basic(u *url.Userinfo) string {
	p, _ := u.Password()
	return base64.StdEncoding.EncodeToString([]byte(u.Username() + ":" + p))
}

// connectError says what a proxy's answer to CONNECT means; nil for success.
func connectError(proxy string, status int) error {
	switch {
	case status/100 == 2:
		return nil
	case status == http.StatusProxyAuthRequired, status == http.StatusUnauthorized:
		// tinyproxy answers 401 to a wrong password and 407 to none.
		return refused(proxy)
	}
	return auth.Errorf(auth.Proxy, "ask whoever runs the proxy to allow it, or choose another one with --proxy",
		"the proxy %s does not let this connection through (%d %s)", proxy, status, http.StatusText(status))
}

func refused(proxy string) error {
	return auth.Errorf(auth.Proxy, "set BASECAMPFS_PROXY_USER and BASECAMPFS_PROXY_PASSWORD, or the user and password in HTTPS_PROXY",
		"the proxy %s does not accept the user and password", proxy)
}

// tunnel connects through CONNECT, for requests in the clear too, which an
// HTTP proxy would else read and pass on by itself.
type tunnel struct {
	proxy   *url.URL
	dial    dialFunc
	timeout time.Duration
}

func (t *tunnel) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := t.dial(ctx, network, t.proxy.Host)
	if err != nil {
		return nil, err
	}
	if t.timeout > 0 {
		_ = conn.SetReadDeadline(time.Now().Add(t.timeout))
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if t.proxy.User != nil {
		req.Header.Set("Proxy-Authorization", "Basic "+basic(t.proxy.User))
	}
	if err := req.Write(conn); err != nil {
		conn.Close()
		return nil, err
	}
	// One byte at a time would be needed to leave what follows the answer in
	// the socket; nothing follows it, since the other side waits for us.
	br := bufio.NewReader(conn)
	resp, err := http.ReadResponse(br, req)
	if err == nil {
		err = connectError(t.proxy.Scheme+"://"+t.proxy.Host, resp.StatusCode)
	}
	if err == nil && br.Buffered() > 0 {
		err = auth.Errorf(auth.Proxy, "choose another proxy with --proxy", "the proxy %s answers more than it was asked", t.proxy.Host)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, conn.SetReadDeadline(time.Time{})
}
