package tools

import (
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// folder is a folder as Coda shows it.
type folder struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Description string         `json:"description"`
	BrowserLink string         `json:"browserLink"`
	Workspace   coda.Reference `json:"workspace"`
}

type listFoldersArgs struct {
	Folder string `json:"folder"`
	Cursor string `json:"cursor"`
}

type listedFolder struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Workspace   string `json:"workspace,omitempty"`
	WorkspaceID string `json:"workspace_id,omitempty"`
}

type listFoldersResult struct {
	Folders    []listedFolder    `json:"folders"`
	Documents  []words.Reference `json:"documents,omitempty"`
	NextCursor string            `json:"next_cursor,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func (t *Tools) listFolders(ctx context.Context, a listFoldersArgs) (listFoldersResult, error) {
	out := listFoldersResult{Folders: []listedFolder{}}
	if err := t.find.WholeAccount(ctx, "folders"); err != nil {
		return out, err
	}
	operation, args := "listFolders", some(coda.Args{"limit": 100}, "pageToken", a.Cursor)
	if a.Folder != "" {
		if err := onlyFolder(a.Folder); err != nil {
			return out, err
		}
		operation, args["folderId"] = "listFolderChildren", a.Folder
	}
	page, err := coda.Listed(read[coda.Page[folder]](ctx, t, operation, args))
	if err != nil {
		return out, find.BadCursor(err, a.Cursor)
	}
	out.NextCursor = page.NextPageToken
	for _, f := range page.Items {
		out.Folders = append(out.Folders, listedFolder{f.ID, words.Clip(f.Name, 200),
			words.Clip(f.Description, 300), f.Workspace.Name, f.Workspace.ID})
	}
	if a.Folder != "" && a.Cursor == "" {
		docs, err := coda.Listed(read[coda.Page[coda.Doc]](ctx, t, "listDocs", coda.Args{"folderId": a.Folder, "limit": 100}))
		if err != nil {
			return out, err
		}
		for _, d := range docs.Items {
			out.Documents = append(out.Documents, words.Reference{ID: d.ID, Name: words.Clip(d.Name, 200)})
		}
		if docs.NextPageToken != "" {
			out.Note = "There are more than these documents in the folder."
		}
	}
	return out, nil
}

func onlyFolder(ref string) error {
	if err := words.RefuseOdd("folder", ref); err != nil {
		return err
	}
	if !find.FolderID.Fits(ref) {
		return words.Say("The argument \"folder\" must be an id (fl-…), not %s. Call coda_list_folders and use one from there.", words.Quote(ref))
	}
	return nil
}

var listFoldersTool = declare(tool{
	name:        "coda_list_folders",
	title:       "List folders",
	description: "Lists folders with their workspace; with folder, the folders and documents inside that one.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"folder":{"type":"string","description":"Folder id (fl-…) to look into."},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"folders":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"description":{"type":"string"},"workspace":{"type":"string"},"workspace_id":{"type":"string"}},"required":["id","name"]}},
		"documents":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}}},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["folders"],"additionalProperties":false}`,
}, (*Tools).listFolders)

type createFolderArgs struct {
	Name        string `json:"name"`
	Workspace   string `json:"workspace"`
	Description string `json:"description"`
}

func (t *Tools) createFolder(ctx context.Context, a createFolderArgs) (change, error) {
	if err := t.find.WholeAccount(ctx, "folders"); err != nil {
		return change{}, err
	}
	if a.Workspace == "" {
		me, err := t.o.Coda.WhoAmI(ctx)
		if err != nil {
			return change{}, err
		}
		a.Workspace = me.Workspace.ID
	}
	f, err := submit[folder](ctx, t, changes.Write{Operation: "createFolder",
		Args: some(coda.Args{"name": a.Name, "workspaceId": a.Workspace}, "description", a.Description)})
	return change{Status: applied, ID: f.ID, Name: f.Name, URL: f.BrowserLink}, err
}

var createFolderTool = declare(tool{
	name:        "coda_create_folder",
	title:       "Make a folder",
	description: "Makes a folder, in the owner's own workspace unless another is given.",
	writes:      true,
	input: `{"type":"object","properties":{
		"name":{"type":"string"},
		"workspace":{"type":"string","description":"Workspace id (ws-…); default the owner's."},
		"description":{"type":"string"}},
		"required":["name"],"additionalProperties":false}`,
	takes:  `{"properties":{"name":{"minLength":1,"maxLength":300}}}`,
	output: changeSchema,
}, (*Tools).createFolder)

type updateFolderArgs struct {
	Folder      string  `json:"folder"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

func (t *Tools) updateFolder(ctx context.Context, a updateFolderArgs) (change, error) {
	before, err := t.openFolder(ctx, a.Folder)
	if err != nil {
		return change{}, err
	}
	args := some(coda.Args{"folderId": a.Folder}, "name", a.Name, "description", a.Description)
	if len(args) == 1 {
		return change{}, nothingNew("name, description")
	}
	f, err := submit[folder](ctx, t, aboutFolder(before, "updateFolder", args))
	return change{Status: applied, ID: a.Folder, Name: f.Name, Was: []string{folderWords(before)}}, err
}

// openFolder reads a folder that is about to be changed.
func (t *Tools) openFolder(ctx context.Context, id string) (folder, error) {
	if err := t.find.WholeAccount(ctx, "folders"); err != nil {
		return folder{}, err
	}
	if err := onlyFolder(id); err != nil {
		return folder{}, err
	}
	return read[folder](ctx, t, "getFolder", coda.Args{"folderId": id})
}

// aboutFolder is a write to a folder that was just read.
func aboutFolder(f folder, operation string, args coda.Args) changes.Write {
	return changes.Write{Operation: operation, Args: args, Name: f.Name, Link: f.BrowserLink,
		Seen: &changes.Image{Facts: map[string]any{"name": f.Name, "description": f.Description}}}
}

func folderWords(f folder) string {
	said := "folder " + words.Quote(f.Name)
	if f.Description != "" {
		said += ", described as " + words.Quote(f.Description)
	}
	return said
}

var updateFolderTool = declare(tool{
	name:        "coda_update_folder",
	title:       "Rename a folder",
	description: "Changes a folder's name or description. was says how it was before.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"folder":{"type":"string","description":"Folder id (fl-…)."},
		"name":{"type":"string"},"description":{"type":"string"}},
		"required":["folder"],"additionalProperties":false}`,
	takes:  `{"properties":{"name":{"minLength":1,"maxLength":300}}}`,
	output: changeSchema,
}, (*Tools).updateFolder)

type deleteFolderArgs struct {
	Folder string `json:"folder"`
}

func (t *Tools) deleteFolder(ctx context.Context, a deleteFolderArgs) (change, error) {
	f, err := t.openFolder(ctx, a.Folder)
	if err != nil {
		return change{}, err
	}
	was := []string{folderWords(f)}
	docs, err := coda.Listed(read[coda.Page[coda.Doc]](ctx, t, "listDocs", coda.Args{"folderId": a.Folder, "limit": 20}))
	if err != nil {
		return change{}, err
	}
	for _, d := range docs.Items {
		was = append(was, "document "+words.Quote(d.Name)+" ("+d.ID+")")
	}
	_, err = submit[any](ctx, t, aboutFolder(f, "deleteFolder", coda.Args{"folderId": a.Folder}))
	return change{Status: applied, ID: a.Folder, Name: f.Name, Was: was}, err
}

var deleteFolderTool = declare(tool{
	name:        "coda_delete_folder",
	title:       "Delete a folder",
	description: "Deletes a folder, given by its id. Ask the user first. was says what it was and which documents were in it.",
	writes:      true, overwrites: true,
	input: `{"type":"object","properties":{"folder":{"type":"string","description":"Folder id (fl-…)."}},
		"required":["folder"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).deleteFolder)
