package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// hostsKey is the setting that holds the document hosts the owner allowed.
const (
	hostsKey  = "oauth-document-hosts"
	hostsKept = 64
)

// ErrNoHost: the host is not among those that the owner allowed.
var ErrNoHost = errors.New("oauth: this host is not on the list")

// Hosts are those that the owner allowed to say what their clients are.
func (s *Server) Hosts(ctx context.Context) ([]string, error) {
	kept, ok, err := s.opt.Store.Setting(ctx, hostsKey)
	if err != nil || !ok {
		return nil, err
	}
	var hosts []string
	if err := json.Unmarshal([]byte(kept), &hosts); err != nil {
		return nil, fmt.Errorf("oauth: read allowed hosts: %w", err)
	}
	return hosts, nil
}

// ForgetHost takes a host off the list again and ends the connections of its
// clients. ErrNoHost when it is not on it.
func (s *Server) ForgetHost(ctx context.Context, host string) error {
	hosts, err := s.Hosts(ctx)
	if err != nil {
		return err
	}
	i := slices.Index(hosts, host)
	if i < 0 {
		return ErrNoHost
	}
	if err := s.saveHosts(ctx, slices.Delete(hosts, i, i+1)); err != nil {
		return err
	}
	grants, err := s.opt.Store.Grants(ctx)
	if err != nil {
		return fmt.Errorf("oauth: forget host: %w", err)
	}
	for _, g := range grants {
		if u, err := url.Parse(g.ClientID); err == nil && u.Host == host {
			if err := s.Revoke(ctx, g.ID); err != nil && !errors.Is(err, ErrNoConnection) {
				return err
			}
		}
	}
	s.opt.Log.Info("oauth: host forgotten", "host", host)
	s.opt.OnChange()
	return nil
}

// addHost puts a host on the list; over the limit the oldest goes.
func (s *Server) addHost(ctx context.Context, host string) error {
	hosts, err := s.Hosts(ctx)
	if err != nil || slices.Contains(hosts, host) {
		return err
	}
	hosts = append(hosts, host)
	return s.saveHosts(ctx, hosts[max(0, len(hosts)-hostsKept):])
}

func (s *Server) saveHosts(ctx context.Context, hosts []string) error {
	b, err := json.Marshal(hosts)
	if err != nil {
		return fmt.Errorf("oauth: remember host: %w", err)
	}
	return s.opt.Store.SetSetting(ctx, hostsKey, string(b))
}
