package server

import "net/http"

func (s *Server) setIndex(w http.ResponseWriter, req *http.Request) {
	on := req.PostFormValue("on") == "true"
	sentence := "The index begins anew."
	if !on {
		sentence = "The index is off and removed from this computer. Search finds names only."
	}
	reply(w, sentence, s.o.Desk.SetIndex(on))
}

func (s *Server) pauseIndex(w http.ResponseWriter, req *http.Request) {
	reply(w, "", s.o.Desk.PauseIndex(req.PostFormValue("on") == "true"))
}

func (s *Server) rebuildIndex(w http.ResponseWriter, req *http.Request) {
	sentence := "The index is being made anew."
	if req.PostFormValue("doc") != "" {
		sentence = "The doc is being read again."
	}
	reply(w, sentence, s.o.Desk.RebuildIndex(req.Context(), req.PostFormValue("doc")))
}

func (s *Server) excludeDocument(w http.ResponseWriter, req *http.Request) {
	sentence, err := s.o.Desk.ExcludeDocument(req.Context(), req.PostFormValue("doc"), req.PostFormValue("on") == "true")
	reply(w, sentence, err)
}
