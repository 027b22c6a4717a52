package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"basecampfs/api/simulator"
)

func TestBrowserOnTheDesktop(t *testing.T) {
	m, b := newMachine(t, newSimulator(t, simulator.Options{})), newBrowser(t)
	login := m.start("", nil, "auth", "login").run()
	if err := chromedp.Do(b, chromedp.Navigate(m.opened()), chromedp.Click(chromedp.CSS("#allow")), heading("Signed in")); err != nil {
		t.Fatalf("%v\n%s", err, login.err)
	}
	if page, err := chromedp.Run(b, chromedp.Text(chromedp.CSS("body"))); err != nil || !strings.Contains(page, "You can close this page") {
		t.Errorf("the page says %q, %v", page, err)
	}
	if text := login.wait(0); !strings.Contains(text, "Signed in as Victor Cooper") || !strings.Contains(text, "Honcho Design (Basecamp 2)") ||
		!strings.Contains(text, "Acme Clocks") || !strings.Contains(text, "passed over") {
		t.Error(text)
	}
	if text := m.do(0, "", "auth", "refresh"); !strings.Contains(text, "Refreshed") {
		t.Error(text)
	}
	var status struct {
		Identity struct {
			ID int64 `json:"id"`
		} `json:"identity"`
		Kept      string `json:"kept"`
		Refreshes bool   `json:"refreshes"`
		Accounts  []struct {
			ID     int64  `json:"id"`
			Passed string `json:"passed_over"`
		} `json:"accounts"`
	}
	text := m.start("", nil, "auth", "status", "--json").run()
	text.wait(0)
	if err := json.Unmarshal([]byte(text.out.String()), &status); err != nil {
		t.Fatal(err)
	}
	if status.Identity.ID != 9900001 || !status.Refreshes || len(status.Accounts) != 5 || status.Accounts[0].Passed != "" || status.Accounts[4].Passed == "" ||
		!strings.Contains(status.Kept, "default.json") {
		t.Errorf("%+v", status)
	}
	m.do(0, "", "auth", "logout")
	if text := m.do(4, "", "auth", "status"); !strings.Contains(text, "basecampfs auth login") {
		t.Error(text)
	}
}

func TestBrowserSaysNo(t *testing.T) {
	m, b := newMachine(t, newSimulator(t, simulator.Options{})), newBrowser(t)
	login := m.start("", nil, "auth", "login").run()
	if err := chromedp.Do(b, chromedp.Navigate(m.opened()), chromedp.Click(chromedp.CSS("#deny")), heading("Not signed in")); err != nil {
		t.Fatal(err)
	}
	if text := login.wait(4); !strings.Contains(text, "not allowed") || !strings.Contains(text, "auth login") {
		t.Error(text)
	}
}

// heading waits for a page with a heading.
func heading(text string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.Search("//h1[text()='" + text + "']"))
}

// Over SSH no browser is opened; one on the same machine may still come back.
func TestOverSSH(t *testing.T) {
	m, b := newMachine(t, newSimulator(t, simulator.Options{})), newBrowser(t)
	login := m.start("", []string{"SSH_CONNECTION=192.0.2.1 1 192.0.2.2 22"}, "auth", "login").run()
	page := login.until(`(http://\S+/authorization/new\S+)`)
	if err := chromedp.Do(b, chromedp.Navigate(page), chromedp.Click(chromedp.CSS("#allow")), heading("Signed in")); err != nil {
		t.Fatal(err)
	}
	if text := login.wait(0); !strings.Contains(text, "SSH") {
		t.Error(text)
	}
	if _, err := os.Stat(m.home + "/opened"); err == nil {
		t.Error("a browser was opened")
	}
}

// The browser is on another machine: what it ends at is pasted.
func TestPastedAddress(t *testing.T) {
	m, b := newMachine(t, newSimulator(t, simulator.Options{})), newBrowser(t)
	other, err := net.Listen("tcp", "127.0.0.1:0") // takes the port, and answers nothing
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 23\r\nConnection: close\r\n\r\n<h1>Another server</h1>")
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(other.Addr().String())
	login := m.start("", nil, "auth", "login", "--no-browser", "--port", port)
	login.cmd.Stdin = nil
	in, err := login.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	login.run()
	page := login.until(`(http://\S+/authorization/new\S+)`)
	if err := chromedp.Do(b, chromedp.Navigate(page), chromedp.Click(chromedp.CSS("#allow")), heading("Another server")); err != nil {
		t.Fatal(err)
	}
	address, err := chromedp.Run(b, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, "not a code at all\n"+address+"\n"); err != nil {
		t.Fatal(err)
	}
	if text := login.wait(0); !strings.Contains(text, "Signed in as Victor Cooper") || !strings.Contains(text, "port "+port) {
		t.Error(text)
	}
}

func TestDeviceFlow(t *testing.T) {
	m, b := newMachine(t, newSimulator(t, simulator.Options{OAuth21: true, RotateRefresh: true, DeviceInterval: time.Second})), newBrowser(t)
	login := m.start("", []string{"DISPLAY="}, "auth", "login", "--device").run()
	page, code := login.until(`(http://\S+/device)`), login.until(`(BCFS-\d+)`)
	if err := chromedp.Do(b, chromedp.Navigate(page), chromedp.SendKeys(chromedp.CSS(`input[name="user_code"]`), code), chromedp.Click(chromedp.CSS("#allow")), heading("Thank you")); err != nil {
		t.Fatal(err)
	}
	login.wait(0)
	// The resource is echoed, or the simulator would refuse.
	for range 2 {
		m.do(0, "", "auth", "refresh")
	}
	// Where nothing is announced, Launchpad does.
	m = newMachine(t, newSimulator(t, simulator.Options{}))
	login = m.start("", []string{"DISPLAY="}, "auth", "login", "--device").run()
	if err := chromedp.Do(b, chromedp.Navigate(login.until(`(http://\S+/authorization/new\S+)`)), chromedp.Click(chromedp.CSS("#allow")), heading("Signed in")); err != nil {
		t.Fatal(err)
	}
	login.wait(0)
}

func TestTokenFromOutside(t *testing.T) {
	s := newSimulator(t, simulator.Options{})
	m := newMachine(t, s)
	access, refresh, err := s.NewToken("Annie Bryan")
	if err != nil {
		t.Fatal(err)
	}
	if text := m.do(0, access+"\n"+refresh+"\n", "auth", "login", "--with-token"); !strings.Contains(text, "Annie Bryan") {
		t.Error(text)
	}
	s.ExpireToken(access)
	if text := m.do(0, "", "auth", "status"); !strings.Contains(text, "Annie Bryan") || !strings.Contains(text, "by itself") {
		t.Error(text)
	}
	// A refresh token alone does, and goes to a profile of its own.
	_, refresh, err = s.NewToken("Sharon Bradford")
	if err != nil {
		t.Fatal(err)
	}
	if text := m.do(0, `{"refresh_token":"`+refresh+`"}`, "auth", "login", "--with-token", "--profile", "work"); !strings.Contains(text, "Sharon Bradford") {
		t.Error(text)
	}
	if text := m.do(0, "", "auth", "status"); !strings.Contains(text, "Annie Bryan") || !strings.Contains(text, "[default work]") {
		t.Error(text)
	}
	m.do(4, "worthless\n", "auth", "login", "--with-token", "--profile", "work")
	if text := m.do(0, "", "auth", "status", "--profile", "work"); !strings.Contains(text, "Sharon Bradford") {
		t.Error("a worthless token replaced a good one: " + text)
	}
	// The environment goes before what is kept.
	c := m.start("", []string{"BASECAMPFS_TOKEN=" + s.Token()}, "auth", "status").run()
	if text := c.wait(0); !strings.Contains(text, "Victor Cooper") || !strings.Contains(text, "BASECAMPFS_TOKEN") {
		t.Error(text)
	}
	// After a password change only a new sign-in helps, and the command is said.
	access, refresh, err = s.NewToken("Jared Davis")
	if err != nil {
		t.Fatal(err)
	}
	m.do(0, access+"\n"+refresh+"\n", "auth", "login", "--with-token", "--profile", "work")
	s.RevokeToken(access)
	s.RevokeToken(refresh)
	if text := m.do(4, "", "auth", "status", "--profile", "work"); !strings.Contains(text, "sign in again: basecampfs auth login --profile work --with-token") || !strings.Contains(text, "password is changed") {
		t.Error(text)
	}
}

func TestPasswordForBasecamp2(t *testing.T) {
	s := newSimulator(t, simulator.Options{})
	m := newMachine(t, s)
	at := []string{"auth", "login", "--basic", "--user", userName, "--account", s.URL() + "/" + accountID}
	if text := m.do(0, "correct horse\n", at...); !strings.Contains(text, accountID) {
		t.Error(text)
	}
	if text := m.do(0, "", "auth", "status"); !strings.Contains(text, userName) || !strings.Contains(text, "does not expire") {
		t.Error(text)
	}
	if text := m.do(0, "", "doctor"); !strings.Contains(text, "1 of 1 can be mounted") {
		t.Error(text)
	}
	if text := m.do(4, "battery staple\n", at...); !strings.Contains(text, "does not accept the user and password") {
		t.Error(text)
	}
	if text := m.do(1, "correct horse\n", append(at, "--product", "V3")...); !strings.Contains(text, "only Basecamp 2") {
		t.Error(text)
	}
}

// A sign-in is carried to a machine that has no browser, and used in place.
func TestCarriedSignIn(t *testing.T) {
	s := newSimulator(t, simulator.Options{})
	m, far := newMachine(t, s), newMachine(t, s)
	access, refresh, err := s.NewToken("Annie Bryan")
	if err != nil {
		t.Fatal(err)
	}
	m.do(0, access+"\n"+refresh+"\n", "auth", "login", "--with-token")
	file := far.home + "/carried.age"
	m.do(0, "", "auth", "export", file)
	m.do(2, "", "auth", "export", file) // it is not overwritten
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", i, err)
	}
	// In place, with a refresh that is written back into it.
	s.ExpireToken(access)
	before, _ := os.ReadFile(file)
	if text := far.do(0, "", "auth", "status", "--settings", file); !strings.Contains(text, "Annie Bryan") || !strings.Contains(text, "encrypted settings file") {
		t.Error(text)
	}
	if after, _ := os.ReadFile(file); string(before) == string(after) {
		t.Error("the refreshed token was not written back")
	}
	c := far.start("", []string{"BASECAMPFS_SETTINGS_PASSPHRASE=another one"}, "auth", "status", "--settings", file).run()
	if text := c.wait(4); !strings.Contains(text, "does not open") || !strings.Contains(text, "--passphrase-file") {
		t.Error(text)
	}
	// Taken over.
	far.do(4, "", "auth", "status")
	far.do(0, "", "auth", "import", file)
	if text := far.do(0, "", "auth", "status"); !strings.Contains(text, "Annie Bryan") {
		t.Error(text)
	}
	// Through a pipe, too.
	sealed := m.start("", nil, "auth", "export", "-").run()
	sealed.wait(0)
	far.do(0, "", "auth", "logout")
	far.do(0, sealed.out.String(), "auth", "import", "-")
	far.do(0, "", "auth", "status")
}

func TestSecretsOnTheCommandLineAreRefused(t *testing.T) {
	m := newMachine(t, newSimulator(t, simulator.Options{}))
	for _, args := range [][]string{{"--client-secret", "Kx88a"}, {"--token", "Kx88b"}, {"--proxy-password", "Kx88c"}} {
		if text := m.do(2, "", append([]string{"auth", "status"}, args...)...); strings.Contains(text, "Kx88") {
			t.Errorf("%v: %s", args, text)
		}
	}
	m.do(4, "", "auth", "status")
	m.do(2, "", "auth", "login", "--no-such-flag")
	m.do(2, "", "auth")
	m.do(2, "", "auth", "nonsense")
	m.do(1, "", "doctor") // nobody is signed in; it fills the log
}
