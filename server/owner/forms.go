package owner

import (
	"codabridge/server/door"
	"context"
	"net/http"
)

// reply answers a form of the owner's page: a sentence to show beside it.
func reply(w http.ResponseWriter, sentence string, err error) {
	if err != nil {
		door.WriteError(w, http.StatusUnprocessableEntity, "refused", err.Error())
		return
	}
	door.WriteJSON(w, http.StatusOK, map[string]string{"message": sentence})
}

func (o *Owner) saveCodaToken(w http.ResponseWriter, req *http.Request) {
	sentence, err := o.desk.SaveCodaToken(req.Context(), req.PostFormValue("token"))
	reply(w, sentence, err)
}

func (o *Owner) forgetCodaToken(w http.ResponseWriter, req *http.Request) {
	reply(w, "The Coda token is gone from the keyring.", o.desk.ForgetCodaToken(req.Context()))
}

func (o *Owner) askKeyring(w http.ResponseWriter, req *http.Request) {
	reply(w, "The keyring was read.", o.desk.AskKeyring(req.Context()))
}

func (o *Owner) saveNgrokToken(w http.ResponseWriter, req *http.Request) {
	sentence, err := o.desk.SaveNgrokToken(req.Context(), req.PostFormValue("token"))
	reply(w, sentence, err)
}

func (o *Owner) importNgrokToken(w http.ResponseWriter, req *http.Request) {
	sentence, err := o.desk.ImportNgrokToken(req.Context())
	reply(w, sentence, err)
}

func (o *Owner) forgetNgrokToken(w http.ResponseWriter, req *http.Request) {
	reply(w, "The ngrok authtoken is gone from the keyring.", o.desk.ForgetNgrokToken(req.Context()))
}

func (o *Owner) savePublicURL(w http.ResponseWriter, req *http.Request) {
	reply(w, "Saved.", o.desk.SetPublicURL(req.Context(), req.PostFormValue("url")))
}

func (o *Owner) dismissWarning(w http.ResponseWriter, _ *http.Request) {
	o.desk.DismissWarning()
	reply(w, "", nil)
}

func (o *Owner) start(w http.ResponseWriter, _ *http.Request) {
	o.desk.Start()
	reply(w, "", nil)
}

func (o *Owner) stop(w http.ResponseWriter, _ *http.Request) {
	o.desk.Stop()
	reply(w, "", nil)
}

func (o *Owner) setReadOnly(w http.ResponseWriter, req *http.Request) {
	on := req.PostFormValue("on") == "true"
	sentence := "Assistants may write again, where you allowed it."
	if on {
		sentence = "Read-only is on: no assistant can change anything."
	}
	reply(w, sentence, o.desk.SetReadOnly(on))
}

func (o *Owner) setToolset(w http.ResponseWriter, req *http.Request) {
	name := req.PostFormValue("toolset")
	reply(w, "Saved. ChatGPT keeps the list it saw: press Refresh in the connection's settings there.", o.desk.SetToolset(name, req.PostForm["tools"]))
}

// findRequest shows what waits under a code, so that the owner decides on what
// they see.
func (o *Owner) findRequest(w http.ResponseWriter, req *http.Request) {
	r, err := o.oauth.Find(req.PostFormValue("code"))
	if err != nil {
		reply(w, "", ForOwner(err))
		return
	}
	door.WriteJSON(w, http.StatusOK, map[string]any{
		"client": r.Client, "redirect_host": r.RedirectHost, "scopes": r.Scopes, "self_named": r.SelfNamed,
	})
}

func (o *Owner) approve(w http.ResponseWriter, req *http.Request) {
	err := o.Approve(req.Context(), req.PostFormValue("code"), req.PostFormValue("write") == "true")
	reply(w, "Approved. Your browser's tab goes on by itself.", err)
}

func (o *Owner) deny(w http.ResponseWriter, req *http.Request) {
	reply(w, "Refused. The client was told no.", o.Deny(req.Context(), req.PostFormValue("code")))
}

func (o *Owner) revokeConnection(w http.ResponseWriter, req *http.Request) {
	reply(w, "Revoked. It cannot read or write any more.", ForOwner(o.oauth.Revoke(req.Context(), req.PostFormValue("id"))))
}

// Approve gives the owner's yes to the request that shows this code.
func (o *Owner) Approve(ctx context.Context, code string, write bool) error {
	return ForOwner(o.oauth.Approve(ctx, code, write))
}

// Deny gives the owner's no to the request that shows this code.
func (o *Owner) Deny(ctx context.Context, code string) error {
	return ForOwner(o.oauth.Deny(ctx, code))
}
