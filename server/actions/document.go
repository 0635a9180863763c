package actions

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"codabridge/server/caller"
)

// The limits of the clients that read the document, in characters and numbers
// (OpenAI, Actions in production).
const (
	maxOperations  = 30
	maxDescription = 300 // of an operation
	maxParameter   = 700 // of an argument
)

type object = map[string]any

// Document describes the operations as OpenAPI 3.1 in JSON, for a client that
// asked at this origin.
func (a *Actions) Document(origin string) []byte {
	b, err := json.Marshal(a.document(origin))
	if err != nil {
		panic(err) // our own maps and texts always encode
	}
	return append(b, '\n')
}

func (a *Actions) document(origin string) object {
	operations := a.tools.Operations()
	left := ""
	if n := len(operations) - maxOperations; n > 0 {
		operations = operations[:maxOperations]
		left = " " + strconv.Itoa(n) + " more tools are offered over MCP only, since several clients read no more than " + strconv.Itoa(maxOperations) + " operations."
	}
	paths := object{}
	for _, o := range operations {
		paths["/actions/"+o.Name] = object{"post": operation(o)}
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "codabridge", "version": a.version, "license": object{"name": "MIT", "identifier": "MIT"},
			"description": "The Coda (Superhuman Docs) documents of one person, through their own computer. " +
				"Every argument named document, page, table or row takes an id, a name or a browser link." + left},
		"servers":  []any{object{"url": origin}},
		"security": []any{object{"key": []any{}}, object{"header": []any{}}},
		"paths":    paths,
		"components": object{
			"securitySchemes": object{
				"key":    object{"type": "http", "scheme": "bearer", "description": "An access key, which the owner makes on the codabridge page, under Connections"},
				"header": object{"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key, for clients that cannot send the other header"},
			},
			"schemas": object{"Problem": object{"type": "object", "required": []any{"error", "error_description"}, "properties": object{
				"error":             object{"type": "string", "description": "A word for programs"},
				"error_description": object{"type": "string", "description": "What happened and what to do next"}}}},
		},
	}
}

func operation(o caller.Operation) object {
	says := func(description string) object {
		return object{"description": description, "content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}
	}
	answer := schema(o.Output)
	if len(answer) == 0 {
		answer = object{"type": "object"}
	}
	return object{
		"operationId": o.Name, "summary": short(o.Title, maxDescription), "description": short(o.Description, maxDescription),
		"x-openai-isConsequential": o.Writes,
		"requestBody":              object{"required": false, "content": object{"application/json": object{"schema": schema(o.Input)}}},
		"responses": object{
			"200": object{"description": "What the tool answers", "content": object{"application/json": object{"schema": answer}}},
			"400": says("The body is no JSON object"),
			"401": says("The key is missing, unknown, revoked or has ended"),
			"403": says("The key may not do this"),
			"404": says("There is no operation of this name"),
			"422": says("The tool did not do it; the sentence says why and what to do instead"),
			"429": says("Too many requests; wait as long as Retry-After says"),
			"503": says("Stopped by the owner, or too busy just now"),
		},
	}
}

// schema is a JSON schema of a tool with descriptions of bearable length.
func schema(raw json.RawMessage) object {
	var s object
	if json.Unmarshal(raw, &s) != nil {
		return object{}
	}
	shorten(s)
	return s
}

func shorten(v any) {
	switch v := v.(type) {
	case object:
		if text, ok := v["description"].(string); ok {
			v["description"] = short(text, maxParameter)
		}
		for _, inner := range v {
			shorten(inner)
		}
	case []any:
		for _, inner := range v {
			shorten(inner)
		}
	}
}

// short cuts a text to so many characters, where a sentence ends if one does.
func short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := string([]rune(text)[:most-1])
	if i := strings.LastIndex(cut, ". "); i > most/3 {
		return cut[:i+1]
	}
	return cut + "…"
}
