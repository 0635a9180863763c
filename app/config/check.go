package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func oneOf(v string, allowed ...string) error {
	if slices.Contains(allowed, v) {
		return nil
	}
	return errors.New("no such choice")
}

// ParseBool reads true or false.
func ParseBool(v string) (bool, error) {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return false, errors.New("true or false is wanted")
	}
	return b, nil
}

func parseTTL(v string) (time.Duration, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < 60 || n > 30*86400 {
		return 0, errors.New("a whole number of seconds is wanted, 60 to 2592000")
	}
	return time.Duration(n) * time.Second, nil
}

// SplitList reads a list of doc ids. One that names none is a slip, and must
// not come to mean "all".
func SplitList(v string) ([]string, error) {
	var out []string
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		if part != "" {
			out = append(out, part)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("it names no doc")
	}
	return out, nil
}

// Notices are the kinds of desktop notifications.
var Notices = []string{"approval", "change", "connection", "tunnel", "token", "url", "quota", "index", "version"}

// parseNotices reads kinds of notifications; "all" is each of them.
func parseNotices(v string) ([]string, error) {
	names := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	if len(names) == 0 {
		return nil, errors.New("it names no kind")
	}
	for _, n := range names {
		if n == "all" {
			return Notices, nil
		}
		if !slices.Contains(Notices, n) {
			return nil, fmt.Errorf("there is no kind %q: give some of %s, or all", n, strings.Join(Notices, ", "))
		}
	}
	return names, nil
}

// ParseAskAlways reads kinds of AskKinds, or none. An empty list is a slip: it
// must not come to mean that nothing asks.
func ParseAskAlways(v string) ([]string, error) {
	kinds := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Equal(kinds, []string{"none"}) {
		return nil, nil
	}
	if len(kinds) == 0 {
		return nil, errors.New("it names no kind of change: say none for none")
	}
	for _, k := range kinds {
		if !slices.Contains(AskKinds(), k) {
			return nil, fmt.Errorf("there is no kind %q; there are %s", k, strings.Join(AskKinds(), ", "))
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds), nil
}

func checkAddress(v string) error {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return errors.New("host:port is wanted")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("the port must be 0 to 65535")
	}
	return nil
}

// checkLoopback keeps the owner's door on this computer.
func checkLoopback(v string) error {
	if err := checkAddress(v); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(v)
	ip, err := netip.ParseAddr(host)
	if host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return errors.New("the owner's page is for this computer only")
	}
	return nil
}

func checkCodaURL(v string) error {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("not a plain URL")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopbackHost(u.Hostname()):
		return nil
	}
	return errors.New("the token would travel unencrypted")
}

func isLoopbackHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// ParseOrigin checks an https origin and gives it without a trailing slash.
// Empty stays empty.
func ParseOrigin(v string) (string, error) {
	v = strings.TrimSpace(v)
	if v == "" {
		return "", nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("an https address without a path is wanted, such as https://bridge.example.org")
	}
	return "https://" + strings.ToLower(u.Host), nil
}

// hostName is a name in a network, as it stands before the port.
var hostName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*$`)
})

// parseHosts reads names without scheme and port.
func parseHosts(v string) ([]string, error) {
	names, err := SplitList(strings.ToLower(v))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if len(name) > 253 || !hostName().MatchString(name) {
			return nil, fmt.Errorf("%q is not the name of a host: give names such as host.docker.internal, without http:// and without a port", name)
		}
	}
	return names, nil
}
