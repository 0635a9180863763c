package owner

import "net/http"

func (o *Owner) setIndex(w http.ResponseWriter, req *http.Request) {
	on := req.PostFormValue("on") == "true"
	sentence := "The index begins anew."
	if !on {
		sentence = "The index is off and removed from this computer. Search finds names only."
	}
	reply(w, sentence, o.desk.SetIndex(on))
}

func (o *Owner) pauseIndex(w http.ResponseWriter, req *http.Request) {
	reply(w, "", o.desk.PauseIndex(req.PostFormValue("on") == "true"))
}

func (o *Owner) rebuildIndex(w http.ResponseWriter, req *http.Request) {
	sentence := "The index is being made anew."
	if req.PostFormValue("doc") != "" {
		sentence = "The doc is being read again."
	}
	reply(w, sentence, o.desk.RebuildIndex(req.Context(), req.PostFormValue("doc")))
}

func (o *Owner) excludeDocument(w http.ResponseWriter, req *http.Request) {
	sentence, err := o.desk.ExcludeDocument(req.Context(), req.PostFormValue("doc"), req.PostFormValue("on") == "true")
	reply(w, sentence, err)
}
