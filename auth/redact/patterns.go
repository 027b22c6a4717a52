package redact

import (
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
)

// secretNames are the parameters and fields whose value is a secret, in the
// spellings of OAuth, of Basecamp and of signed storage URLs.
const secretNames = `access_token|refresh_token|id_token|client_secret|client_assertion|code_verifier|device_code|user_code|` +
	`subject_token|passphrase|password|passwd|api_token|api_key|authenticity_token|x-amz-signature|x-amz-security-token|x-amz-credential|signature|sig|token|code|state|verifier|resource_token`

var (
	jsonField  = regexp.MustCompile(`(?i)("(?:` + secretNames + `)"\s*:\s*)"(?:[^"\\]|\\.)*("?)`)
	formField  = regexp.MustCompile(`(?i)((?:^|[?&;\s"'])(?:` + secretNames + `)=)[^&\s"'<>;]+`)
	xmlField   = regexp.MustCompile(`(?i)(<(?:` + secretNames + `)>)[^<]*`)
	htmlInput  = regexp.MustCompile(`(?i)(<input[^>]*\bname="(?:` + secretNames + `)"[^>]*\bvalue=")[^"]*`)
	headerLine = regexp.MustCompile(`(?im)((?:proxy-)?authorization|(?:set-)?cookie|x-csrf-token)(["']?\s*[:=]\s*)[^\r\n]*`)
	scheme     = regexp.MustCompile(`(?i)\b(bearer|basic|dpop)\s+[a-z0-9+/_.~=-]{8,}`)
	userinfo   = regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@"']*:[^/\s@"']*@`)
)

// patterns covers what looks like a secret.
func patterns(s string) string {
	s = jsonField.ReplaceAllString(s, `${1}"`+Mark+`${2}`)
	s = formField.ReplaceAllString(s, "${1}"+Mark)
	s = xmlField.ReplaceAllString(s, "${1}"+Mark)
	s = htmlInput.ReplaceAllString(s, "${1}"+Mark)
	s = headerLine.ReplaceAllString(s, "${1}${2}"+Mark)
	s = scheme.ReplaceAllString(s, "${1} "+Mark)
	return userinfo.ReplaceAllString(s, "${1}"+Mark+"@")
}

// URL returns u as text with its password, its secret parameters and its
// fragment covered.
func URL(u *url.URL) string {
	if u == nil {
		return ""
	}
	c := *u
	if c.User != nil {
		c.User = url.User("redacted")
	}
	if c.Fragment != "" {
		c.Fragment, c.RawFragment = "redacted", ""
	}
	return Text(c.String())
}

// secretHeaders are the headers of which nothing is shown but the name.
var secretHeaders = map[string]bool{
	"Authorization": true, "Proxy-Authorization": true, "Cookie": true, "Set-Cookie": true,
	"X-Csrf-Token": true, "Dpop": true, "X-Amz-Security-Token": true,
}

// Header returns h as sorted "Name: value" lines with secrets covered. Names
// and values hold no line break, as net/http has seen to.
func Header(h http.Header) []string {
	var out []string
	for name, values := range h {
		for _, v := range values {
			switch {
			case secretHeaders[http.CanonicalHeaderKey(name)]:
				v = Mark
			default:
				v = Text(v)
			}
			out = append(out, name+": "+v)
		}
	}
	sort.Strings(out)
	return out
}

// Body returns the text of a body with secrets covered. A body whose media
// type is not text is told by its size alone, so it must not be passed here.
func Body(b []byte) string {
	return Text(strings.ToValidUTF8(string(b), "?"))
}
