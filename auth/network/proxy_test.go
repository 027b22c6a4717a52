package network_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"basecampfs/auth"
	"basecampfs/auth/network"
)

const user, password = "proxyuser", "Kx88-proxy-password"

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// start runs a server until the test ends and waits until it listens.
func start(t *testing.T, port string, name string, args ...string) {
	t.Helper()
	out := &sink{}
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not listen:\n%s", name, out.text())
		}
	}
}

func program(t *testing.T, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	t.Skipf("%s is not installed (apt-get install -y tinyproxy squid microsocks)", names[0])
	return ""
}

// tinyproxy is an HTTP proxy with a password; it lets CONNECT through to any
// port.
func tinyproxy(t *testing.T) string {
	bin, port := program(t, "tinyproxy"), freePort(t)
	conf := filepath.Join(t.TempDir(), "tinyproxy.conf")
	text := fmt.Sprintf("Port %s\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\nBasicAuth %s %s\nLogLevel Critical\n", port, user, password)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, port, bin, "-d", "-c", conf)
	return "127.0.0.1:" + port
}

func microsocks(t *testing.T) string {
	bin, port := program(t, "microsocks"), freePort(t)
	start(t, port, bin, "-i", "127.0.0.1", "-p", port, "-u", user, "-P", password)
	return "127.0.0.1:" + port
}

// squid is an HTTP proxy with a password where access allows it, which is a
// line or more of its configuration.
func squid(t *testing.T, access string) string {
	bin, port, dir := program(t, "squid", "/usr/sbin/squid"), freePort(t), t.TempDir()
	// The password, hashed as crypt does: openssl passwd -1.
	if err := os.WriteFile(filepath.Join(dir, "users"), []byte(user+":"+passwordHash+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("http_port 127.0.0.1:%s\n%s\npid_filename none\ncache_log %s/cache.log\naccess_log none\ncache deny all\nshutdown_lifetime 0\ncoredump_dir %s\nvisible_hostname proxy.test\n",
		port, strings.ReplaceAll(access, "DIR", dir), dir, dir)
	conf := filepath.Join(dir, "squid.conf")
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			_ = os.Chmod(d, 0o777) // squid gives up being root
		}
	}
	start(t, port, bin, "-N", "-f", conf)
	return "127.0.0.1:" + port
}

const passwordHash = "$1$abcdefgh$Fd2Tr/09JeIZjzs685fis0"

func squidWithPassword(t *testing.T) string {
	helper := program(t, "/usr/lib/squid/basic_ncsa_auth", "/usr/lib64/squid/basic_ncsa_auth")
	return squid(t, "auth_param basic program "+helper+" DIR/users\nacl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all")
}

// Reads and writes go through real proxies, and a wrong password is told as
// what it is.
func TestProxies(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %d bytes", r.Method, len(b))
	})
	plain, secure := httptest.NewServer(handler), httptest.NewTLSServer(handler)
	defer plain.Close()
	defer secure.Close()
	ca := authority(t, secure)
	for name, tt := range map[string]struct {
		start  func(*testing.T) string
		scheme string
	}{
		"http":              {squidWithPassword, "http"},
		"http, another one": {tinyproxy, "http"},
		"tunnel":            {tinyproxy, "tunnel"},
		"socks5":            {microsocks, "socks5"},
		"socks5h":           {microsocks, "socks5h"},
	} {
		t.Run(name, func(t *testing.T) {
			addr := tt.start(t)
			log := &sink{}
			with := func(u, p string) *http.Client {
				return client(t, network.Config{Proxy: tt.scheme + "://" + addr, ProxyUser: u, ProxyPassword: p, CAFile: ca,
					Timeout: 30 * time.Second, Log: network.NewLog(log, 5)})
			}
			good := with(user, password)
			for _, s := range []*httptest.Server{plain, secure} {
				resp, err := good.Get(s.URL)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				resp, err = good.Post(s.URL, "application/octet-stream", io.LimitReader(zeros{}, 3<<20))
				if err != nil {
					t.Fatal(err)
				}
				b, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(b) != "POST 3145728 bytes" {
					t.Errorf("%s: %q", s.URL, b)
				}
				for _, wrong := range [][2]string{{user, "Kx88-wrong"}, {"", ""}} {
					resp, err := with(wrong[0], wrong[1]).Get(s.URL)
					if err == nil && s == plain && resp.StatusCode == http.StatusUnauthorized && strings.HasPrefix(resp.Header.Get("Server"), "tinyproxy") {
						// Its 401 to a wrong password cannot be told from the
						// other side's where it passes requests on itself.
						resp.Body.Close()
						continue
					}
					if auth.CodeOf(err) != auth.Proxy || !strings.Contains(err.Error(), "user and password") || !strings.Contains(auth.HintOf(err), "BASECAMPFS_PROXY_PASSWORD") {
						t.Errorf("%s as %q: %v (%s)", s.URL, wrong[0], err, auth.HintOf(err))
					}
				}
			}
			if text := log.text(); strings.Contains(text, "Kx88") {
				t.Errorf("the log holds the password:\n%s", text)
			}
		})
	}
}

// Squid decides what passes: a tunnel to a port that it does not allow.
func TestProxyThatForbids(t *testing.T) {
	addr := squid(t, "http_access deny all")
	_, err := client(t, network.Config{Proxy: "http://" + addr}).Get("https://127.0.0.1:9/")
	if auth.CodeOf(err) != auth.Proxy || !strings.Contains(err.Error(), "403") || auth.HintOf(err) == "" {
		t.Errorf("%v (%s)", err, auth.HintOf(err))
	}
}

func TestProxyThatIsNotThere(t *testing.T) {
	for _, scheme := range []string{"http", "socks5"} {
		_, err := client(t, network.Config{Proxy: scheme + "://127.0.0.1:" + freePort(t)}).Get("https://127.0.0.1:9/")
		if auth.CodeOf(err) != auth.Proxy || auth.HintOf(err) == "" {
			t.Errorf("%s: %v (%s)", scheme, err, auth.HintOf(err))
		}
	}
}

func TestProxySettings(t *testing.T) {
	for _, v := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "REQUEST_METHOD"} {
		t.Setenv(v, "")
	}
	t.Setenv("HTTPS_PROXY", "http://ruth:Kx88-env-password@proxy.example:3128")
	t.Setenv("NO_PROXY", "direct.example")
	for _, tt := range []struct{ proxy, target, want string }{
		{"", "https://3.basecampapi.com/", "http://proxy.example:3128"},
		{"system", "https://3.basecampapi.com/", "http://proxy.example:3128"},
		{"system", "https://direct.example/", ""},
		{"system", "https://127.0.0.1/", ""},
		{"none", "https://3.basecampapi.com/", ""},
		{"other.example", "https://3.basecampapi.com/", "http://other.example:3128"},
		{"socks5://u:p@other.example", "https://3.basecampapi.com/", "socks5://other.example:1080"},
		{"HTTPS://other.example", "https://127.0.0.1/", "https://other.example:443"},
	} {
		u, err := url.Parse(tt.target)
		if err != nil {
			t.Fatal(err)
		}
		if got := (network.Config{Proxy: tt.proxy}).ProxyFor(u); got != tt.want {
			t.Errorf("%q to %s: %q, want %q", tt.proxy, tt.target, got, tt.want)
		}
	}
	for _, bad := range []string{"gopher://x:Kx88@y", "http://", "http://[::1", "http://u:Kx88%zz@h"} {
		_, err := (network.Config{Proxy: bad}).Client()
		if auth.CodeOf(err) != auth.Usage || auth.HintOf(err) == "" || strings.Contains(err.Error(), "Kx88") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
