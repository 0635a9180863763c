package codatest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
)

const workspaceID = "ws-fernhill001"

// folder is a folder that was made by a request; the others stand in the docs.
type folder struct{ id, name, description string }

func folderID(name string) string { return "fl-" + makeID("folder", name) }

// allFolders are those that docs name and those that were made.
func (s *Server) allFolders() []*folder {
	var out []*folder
	for _, d := range s.work.Docs {
		name := cmp.Or(d.Folder, "My docs")
		if !slices.ContainsFunc(out, func(f *folder) bool { return f.name == name }) {
			out = append(out, &folder{id: folderID(name), name: name})
		}
	}
	for _, f := range s.folders {
		if !slices.ContainsFunc(out, func(o *folder) bool { return o.id == f.id }) {
			out = append(out, f)
		}
	}
	return out
}

func (s *Server) folder(id string) *folder {
	return find(s.allFolders(), func(f *folder) bool { return f.id == id })
}

func (s *Server) findFolder(r *request) (*folder, error) {
	f := s.folder(r.PathValue("folder"))
	if f == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a folder with the specified ID.")
	}
	return f, nil
}

func showFolder(f *folder) map[string]any {
	m := map[string]any{"id": f.id, "type": "folder", "name": f.name, "browserLink": site + "/docs?folderId=" + f.id,
		"workspace": workspaceRef(), "canEdit": true}
	if f.description != "" {
		m["description"] = f.description
	}
	return m
}

func (s *Server) listFolders(r *request) (any, error) {
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	return paged(s, c, s.allFolders(), showFolder), nil
}

func (s *Server) getFolder(r *request) (any, error) {
	f, err := s.findFolder(r)
	if err != nil {
		return nil, err
	}
	return showFolder(f), nil
}

func (s *Server) createFolder(r *request) (any, error) {
	var in struct{ Name, WorkspaceID, Description string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.WorkspaceID != workspaceID {
		return nil, refuse(http.StatusForbidden, "You cannot create folders in this workspace.")
	}
	s.counter++
	f := &folder{id: "fl-" + makeID("made", fmt.Sprint(s.counter)), name: in.Name, description: in.Description}
	s.folders = append(s.folders, f)
	return showFolder(f), nil
}

func (s *Server) updateFolder(r *request) (any, error) {
	f, err := s.findFolder(r)
	if err != nil {
		return nil, err
	}
	var in struct{ Name, Description *string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	for _, d := range s.work.Docs {
		if in.Name != nil && cmp.Or(d.Folder, "My docs") == f.name {
			return nil, refuse(http.StatusBadRequest, "This folder cannot be renamed.") // its id hangs on its name here
		}
	}
	setIf(&f.name, in.Name)
	setIf(&f.description, in.Description)
	return showFolder(f), nil
}

func (s *Server) deleteFolder(r *request) (any, error) {
	f, err := s.findFolder(r)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(s.work.Docs, func(d *Doc) bool { return cmp.Or(d.Folder, "My docs") == f.name }) {
		return nil, refuse(http.StatusBadRequest, "Only empty folders can be deleted.")
	}
	s.folders = slices.DeleteFunc(s.folders, func(o *folder) bool { return o == f })
	return map[string]any{}, nil
}

func (s *Server) listFolderChildren(r *request) (any, error) {
	if _, err := s.findFolder(r); err != nil {
		return nil, err
	}
	c, err := s.cursorOf(r, 25, s.clampLists())
	if err != nil {
		return nil, err
	}
	return paged(s, c, []*folder{}, showFolder), nil // folders do not nest here
}
