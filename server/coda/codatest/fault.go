package codatest

import (
	"fmt"
	"net/http"
)

// fault is an answer other than a success.
type fault struct {
	status  int
	message string
	shape   string
	header  map[string]string
}

func (f *fault) Error() string { return f.message }

func refuse(status int, format string, args ...any) error {
	return &fault{status: status, message: fmt.Sprintf(format, args...)}
}

// body is the JSON of a fault in its shape.
func (f *fault) body() map[string]any {
	out := map[string]any{"statusCode": f.status, "statusMessage": http.StatusText(f.status), "message": f.message}
	issue := map[string]any{"message": f.message}
	switch f.shape {
	case ShapeValidation:
		issue["path"] = "rows[0].cells"
		out["message"] = "Validation failed"
		out["codaDetail"] = map[string]any{"validationErrors": []any{issue}}
	case ShapeSchema:
		issue["path"] = []any{"query", "limit"}
		out["message"], out["codaType"] = http.StatusText(f.status), "RequestSchemaValidationFailed"
		out["codaDetail"] = map[string]any{"issues": []any{issue}}
	case ShapeBare:
		out["message"] = http.StatusText(f.status)
	}
	return out
}
