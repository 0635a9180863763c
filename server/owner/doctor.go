package owner

import (
	"codabridge/server/door"
	"net/http"
)

// examine runs the doctor for the owner's page. It ends when the page goes
// away or the program stops.
func (o *Owner) examine(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := o.frame.UntilDrain(req.Context())
	defer cancel()
	lines, err := o.desk.Examine(ctx)
	if err != nil {
		reply(w, "", err)
		return
	}
	door.WriteJSON(w, http.StatusOK, map[string]any{"findings": lines})
}
