package codatest

import (
	"net/http"
	"slices"
	"strings"
)

// views makes a number of views that is the same in every run.
func views(name string) int { return len(name)*7%40 + 3 }

func (s *Server) listDocAnalytics(r *request) (any, error) {
	c, err := s.cursorOf(r, 1000, 5000)
	if err != nil {
		return nil, err
	}
	docs := slices.Clone(s.work.Docs)
	if ids := c.query.Get("docIds"); ids != "" {
		docs = slices.DeleteFunc(docs, func(d *Doc) bool { return !slices.Contains(strings.Split(ids, ","), d.ID) })
	}
	out := paged(s, c, docs, func(d *Doc) map[string]any {
		n := views(d.Name)
		return map[string]any{
			"doc": map[string]any{"id": d.ID, "type": "doc", "href": s.api("/docs/" + d.ID), "browserLink": d.link(), "title": d.Name, "createdAt": stamp(d.Created)},
			"metrics": []any{map[string]any{"date": d.Updated.Format("2006-01-02"), "views": n, "copies": 0, "likes": 1,
				"sessionsMobile": 1, "sessionsDesktop": n, "sessionsOther": 0, "totalSessions": n + 1}}}
	})
	delete(out, "href")
	return out, nil
}

func (s *Server) listPageAnalytics(r *request) (any, error) {
	c, err := s.cursorOf(r, 1000, 5000)
	if err != nil {
		return nil, err
	}
	out := paged(s, c, r.doc.allPages(), func(p *Page) map[string]any {
		n := views(p.Name)
		return map[string]any{"page": map[string]any{"id": p.ID, "name": p.Name},
			"metrics": []any{map[string]any{"date": p.Updated.Format("2006-01-02"), "views": n, "sessions": n, "users": 2,
				"averageSecondsViewed": 40, "medianSecondsViewed": 30, "tabs": 1}}}
	})
	delete(out, "href")
	return out, nil
}

func (s *Server) docAnalyticsSummary(*request) (any, error) {
	sum := 0
	for _, d := range s.work.Docs {
		sum += views(d.Name) + 1
	}
	return map[string]any{"totalSessions": sum}, nil
}

func (s *Server) analyticsUpdated(*request) (any, error) {
	day := sampleNow.Format("2006-01-02")
	return map[string]any{"docAnalyticsLastUpdated": day, "packAnalyticsLastUpdated": day, "packFormulaAnalyticsLastUpdated": day}, nil
}

// ownWorkspace refuses other workspaces than the account's.
func ownWorkspace(r *request) error {
	if r.PathValue("workspace") != workspaceID {
		return refuse(http.StatusNotFound, "Could not find a workspace with the specified ID.")
	}
	return nil
}

func (s *Server) listMembers(r *request) (any, error) {
	if err := ownWorkspace(r); err != nil {
		return nil, err
	}
	c, err := s.cursorOf(r, 100, 100)
	if err != nil {
		return nil, err
	}
	out := paged(s, c, people(), func(p Person) map[string]any {
		role := "Editor"
		if p.Email == s.work.User.Email {
			role = "Admin"
		}
		return map[string]any{"email": p.Email, "name": p.Name, "role": role, "registeredAt": stamp(sampleNow.AddDate(-1, 0, 0))}
	})
	delete(out, "href")
	return out, nil
}

func (s *Server) roleActivity(r *request) (any, error) {
	if err := ownWorkspace(r); err != nil {
		return nil, err
	}
	return map[string]any{"items": []any{map[string]any{"month": sampleNow.Format("2006-01-02"), "activeAdminCount": 1, "activeDocMakerCount": 0,
		"activeEditorCount": len(people()) - 1, "inactiveAdminCount": 0, "inactiveDocMakerCount": 0, "inactiveEditorCount": 0}}}, nil
}

// listPacks is there so that one operation of a pack maker can be called.
func (s *Server) listPacks(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	out := paged(s, c, []*Doc{}, s.showDoc)
	delete(out, "href")
	return out, nil
}
