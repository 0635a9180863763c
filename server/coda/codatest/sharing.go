package codatest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// sharing is who may do what with a doc.
type sharing struct {
	permissions                              []permission
	editorsMayShare, noCopying, mayAskToEdit bool
}

type permission struct {
	id, access string
	principal  map[string]any
}

func showPermission(p permission) map[string]any {
	return map[string]any{"id": p.id, "access": p.access, "principal": p.principal}
}

func (s *Server) getSharingMetadata(*request) (any, error) {
	return map[string]any{"canShare": true, "canShareWithWorkspace": true, "canShareWithOrg": false, "canCopy": true}, nil
}

func (s *Server) getPermissions(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	owner := permission{"owner-" + r.doc.ID, "write", map[string]any{"type": "email", "email": r.doc.Owner.Email}}
	return paged(s, c, append([]permission{owner}, r.doc.sharing.permissions...), showPermission), nil
}

func (s *Server) addPermission(r *request) (any, error) {
	var in struct {
		Access    string
		Principal map[string]any
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	s.counter++
	r.doc.sharing.permissions = append(r.doc.sharing.permissions, permission{fmt.Sprintf("perm-%d", s.counter), in.Access, in.Principal})
	return map[string]any{}, nil
}

func (s *Server) deletePermission(r *request) (any, error) {
	id, before := r.PathValue("permission"), len(r.doc.sharing.permissions)
	r.doc.sharing.permissions = slices.DeleteFunc(r.doc.sharing.permissions, func(p permission) bool { return p.id == id })
	if len(r.doc.sharing.permissions) == before {
		return nil, refuse(http.StatusNotFound, "Could not find a permission with the specified ID.")
	}
	return map[string]any{}, nil
}

func (s *Server) searchPrincipals(r *request) (any, error) {
	words := strings.Fields(strings.ToLower(r.URL.Query().Get("query")))
	users := []any{}
	for _, p := range people() {
		if containsAll(strings.ToLower(p.Name+" "+p.Email), words) {
			users = append(users, map[string]any{"type": "user", "name": p.Name, "loginId": p.Email})
		}
	}
	return map[string]any{"users": users, "groups": []any{}}, nil
}

func (s *Server) getAclSettings(r *request) (any, error) {
	h := r.doc.sharing
	return map[string]any{"allowEditorsToChangePermissions": h.editorsMayShare, "allowCopying": !h.noCopying, "allowViewersToRequestEditing": h.mayAskToEdit}, nil
}

func (s *Server) updateAclSettings(r *request) (any, error) {
	var in struct{ AllowEditorsToChangePermissions, AllowCopying, AllowViewersToRequestEditing *bool }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	setIf(&r.doc.sharing.editorsMayShare, in.AllowEditorsToChangePermissions)
	setIf(&r.doc.sharing.mayAskToEdit, in.AllowViewersToRequestEditing)
	if in.AllowCopying != nil {
		r.doc.sharing.noCopying = !*in.AllowCopying
	}
	return s.getAclSettings(r)
}

var categories = []string{"Design", "Engineering", "Marketing", "Product", "Sales"}

func (s *Server) listCategories(*request) (any, error) {
	items := []any{}
	for _, c := range categories {
		items = append(items, map[string]any{"name": c})
	}
	return map[string]any{"items": items}, nil
}

func (s *Server) publishDoc(r *request) (any, error) {
	var in struct {
		Slug, Mode    string
		Discoverable  bool
		CategoryNames []string
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	named := []any{}
	for _, c := range in.CategoryNames {
		if !slices.Contains(categories, c) {
			return nil, refuse(http.StatusBadRequest, "Unknown category %s.", c)
		}
		named = append(named, map[string]any{"name": c})
	}
	id := s.queue(r.doc, func() {
		r.doc.published = map[string]any{"browserLink": site + "/@fernhill/" + cmp.Or(in.Slug, slug(r.doc.Name)), "mode": cmp.Or(in.Mode, "view"),
			"discoverable": in.Discoverable, "earnCredit": false, "categories": named}
	})
	return map[string]any{"requestId": id}, nil
}

func (s *Server) unpublishDoc(r *request) (any, error) {
	if r.doc.published == nil {
		return nil, refuse(http.StatusNotFound, "The doc is not published.")
	}
	r.doc.published = nil
	return map[string]any{}, nil
}
