package codaspec

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestRequestsOutsideTheDescriptionAreFound(t *testing.T) {
	t.Parallel()
	if Path() == "" {
		t.Skip("the API description is not beside this checkout")
	}
	content := `{"contentUpdate":{"insertionMode":"append","canvasContent":{"format":"markdown","content":"x"}`
	for _, k := range []struct {
		name, method, target, body string
		ok                         bool
	}{
		{"a plain listing is fine", "GET", "/apis/v1/docs?limit=5", "", true},
		{"a name with a slash is one segment", "GET", "/apis/v1/docs/d/pages/a%2Fb", "", true},
		{"a content update is fine", "PUT", "/apis/v1/docs/d/pages/p", content + "}}", true},
		{"every kind of cell value is fine", "PUT", "/apis/v1/docs/d/tables/t/rows/r", `{"row":{"cells":[{"column":"a","value":"x"},{"column":"b","value":1},{"column":"c","value":true},{"column":"d","value":["x",["y"]]}]}}`, true},
		{"a path that does not exist", "GET", "/apis/v1/documents", "", false},
		{"a verb that does not exist", "PATCH", "/apis/v1/docs/d/pages/p", "{}", false},
		{"the base left out", "GET", "/docs", "", false},
		{"a misspelt parameter", "GET", "/apis/v1/docs?limits=5", "", false},
		{"a limit below one", "GET", "/apis/v1/docs?limit=0", "", false},
		{"an order that does not exist", "GET", "/apis/v1/docs/d/tables/t/rows?sortBy=name", "", false},
		{"a parameter beside a page token", "GET", "/apis/v1/docs?pageToken=a&limit=5", "", false},
		{"a body without its required field", "POST", "/apis/v1/docs/d/tables/t/rows", `{"keyColumns":["a"]}`, false},
		{"null in place of a list", "POST", "/apis/v1/docs/d/tables/t/rows", `{"rows":null}`, false},
		{"an object as a cell value", "PUT", "/apis/v1/docs/d/tables/t/rows/r", `{"row":{"cells":[{"column":"a","value":{"x":1}}]}}`, false},
		{"an unknown field deep in a composed object", "PUT", "/apis/v1/docs/d/pages/p", content + `,"where":"end"}}`, false},
		{"an unknown export format", "POST", "/apis/v1/docs/d/pages/p/export", `{"outputFormat":"pdf"}`, false},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(k.method, k.target, nil)
			if k.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			if err := Request(r, []byte(k.body)); (err == nil) != k.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnswersOutsideTheDescriptionAreFound(t *testing.T) {
	t.Parallel()
	if Path() == "" {
		t.Skip("the API description is not beside this checkout")
	}
	r := httptest.NewRequest("GET", "/apis/v1/mutationStatus/mutate:1", nil)
	h := http.Header{"Content-Type": {"application/json"}}
	if err := Response(r, nil, 200, h, []byte(`{"completed":true}`)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{`{"completed":"yes"}`, `{}`, `{"completed":true,"extra":1}`} {
		if Response(r, nil, 200, h, []byte(bad)) == nil {
			t.Errorf("passed: %s", bad)
		}
	}
}
