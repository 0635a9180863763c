package codaspec

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// mend repairs what no document can satisfy: alternatives that overlap (every
// cell value matches several of a oneOf) and compositions of closed objects,
// each of which forbids the fields of the others.
type mender struct{ seen map[*openapi3.Schema]bool }

func mend(doc *openapi3.T) {
	m := mender{map[*openapi3.Schema]bool{}}
	for _, s := range doc.Components.Schemas {
		m.schema(s)
	}
	for _, r := range doc.Components.Responses {
		m.response(r)
	}
	for _, path := range doc.Paths.Map() {
		for _, op := range path.Operations() {
			for _, p := range op.Parameters {
				m.schema(p.Value.Schema)
			}
			if op.RequestBody != nil {
				m.content(op.RequestBody.Value.Content)
			}
			for _, r := range op.Responses.Map() {
				m.response(r)
			}
		}
	}
}

func (m mender) response(r *openapi3.ResponseRef) {
	if r != nil && r.Value != nil {
		m.content(r.Value.Content)
	}
}

func (m mender) content(c openapi3.Content) {
	for _, media := range c {
		m.schema(media.Schema)
	}
}

func (m mender) schema(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || m.seen[ref.Value] {
		return
	}
	s := ref.Value
	m.seen[s] = true
	for _, list := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf} {
		for _, part := range list {
			m.schema(part)
		}
	}
	for _, p := range s.Properties {
		m.schema(p)
	}
	m.schema(s.Items)
	m.schema(s.AdditionalProperties.Schema)
	s.AnyOf, s.OneOf, s.Discriminator = append(s.AnyOf, s.OneOf...), nil, nil
	if merged := merge(s.AllOf); merged != nil {
		s.AllOf, s.Properties, s.Required = nil, merged.Properties, merged.Required
		s.AdditionalProperties = merged.AdditionalProperties
		s.Type = &openapi3.Types{"object"}
	}
	if len(s.Properties) > 0 { // a misspelt name is demanded in one place
		s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return s.Properties[name] == nil })
	}
}

// merge makes one object of parts that all are objects; else nil.
func merge(parts openapi3.SchemaRefs) *openapi3.Schema {
	out := &openapi3.Schema{Properties: openapi3.Schemas{}}
	for _, ref := range parts {
		p := ref.Value
		if p == nil || len(p.AllOf)+len(p.AnyOf) > 0 || (p.Type != nil && !p.Type.Is("object")) {
			return nil
		}
		for name, prop := range p.Properties {
			out.Properties[name] = prop
		}
		out.Required = append(out.Required, p.Required...)
		if p.AdditionalProperties.Has != nil {
			out.AdditionalProperties = p.AdditionalProperties
		}
	}
	if len(out.Properties) == 0 {
		return nil
	}
	slices.Sort(out.Required)
	out.Required = slices.Compact(out.Required)
	return out
}
