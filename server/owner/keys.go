package owner

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"codabridge/server/fault"
	"codabridge/server/oauth"
)

// longestKey is how many days an access key may live that is not for ever.
const longestKey = 3650

// mostDocs is how many docs can be chosen for a key or a connection.
const mostDocs = 100

// addKey makes an access key. This answer is the only place where it stands.
func (o *Owner) addKey(ctx context.Context, form Form) (Answer, error) {
	yes, err := yesOf(form)
	if err != nil {
		return nil, err
	}
	k := oauth.Key{Name: form.Text("name"), Scopes: []string{oauth.ScopeRead}, Ask: yes.Ask}
	if yes.Write {
		k.Scopes = append(k.Scopes, oauth.ScopeWrite)
	}
	k.Ends, err = o.endOf(form.Number("days"))
	if err != nil {
		return nil, err
	}
	docs := form.All("docs")
	if said := strings.Join(docs, ""); strings.TrimSpace(said) != "" && strings.Trim(said, ", \t\r\n") == "" {
		return nil, fault.New(fault.CodeInput, "This names no doc. Give the id, the link or the title of one, or leave it empty for all docs.")
	}
	k.Documents, err = o.documentsOf(ctx, docs)
	if err != nil {
		return nil, err
	}
	key, c, err := o.oauth.AddKey(ctx, k)
	if err != nil {
		return nil, aboutKey(err)
	}
	answer := Answer{"key": key, "id": c.ID, "name": c.Client, "scopes": c.Scopes, "documents": c.Documents, "asks": yes.Ask,
		"message": "Made. Copy the key now: it is not shown again."}
	if !c.Ends.IsZero() {
		answer["ends"] = c.Ends
	}
	return answer, nil
}

// endOf reads for how many days a key is good; nothing is for ever.
func (o *Owner) endOf(days int) (time.Time, error) {
	if days == 0 {
		return time.Time{}, nil
	}
	if days > longestKey {
		return time.Time{}, fault.New(fault.CodeInput, "A key lives for a whole number of days from 1 to %d. Give none, and it lives until it is revoked.", longestKey)
	}
	return o.now().AddDate(0, 0, days), nil
}

// documentsOf reads which docs are meant, by id, link or title: each value is
// one, or several with commas or line breaks between.
func (o *Owner) documentsOf(ctx context.Context, given []string) (ids []string, err error) {
	var refs []string
	for _, text := range given {
		refs = append(refs, o.splitDocs(ctx, text)...)
	}
	if len(refs) > mostDocs {
		return nil, fault.New(fault.CodeInput, "Choose at most %d docs, or all docs.", mostDocs)
	}
	for _, ref := range refs {
		id, _, err := o.desk.FindDocument(ctx, ref)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// splitDocs gives the docs that a text names. A title may hold a comma, so the
// whole text is tried first.
func (o *Owner) splitDocs(ctx context.Context, text string) (refs []string) {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	_, _, err := o.desk.FindDocument(ctx, strings.TrimSpace(text))
	if err == nil {
		return []string{strings.TrimSpace(text)}
	}
	for ref := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == ',' || c == '\n' || c == '\r' }) {
		refs = append(refs, strings.TrimSpace(ref))
	}
	return slices.DeleteFunc(refs, func(ref string) bool { return ref == "" })
}

func (o *Owner) revokeKey(ctx context.Context, form Form) (Answer, error) {
	return say("Revoked. Whatever sends this key is refused from now on."), aboutKey(o.oauth.RevokeKey(ctx, form.Text("key")))
}

// aboutKey turns errors about access keys into the owner's words.
func aboutKey(err error) error {
	switch {
	case errors.Is(err, oauth.ErrKeyName):
		return fault.Wrap(err, fault.CodeInput, "Give the key a name, such as that of the program that will send it.")
	case errors.Is(err, oauth.ErrKeyTaken):
		return fault.Wrap(err, CodeKey, "There is an access key of this name already. Revoke it, or take another name.")
	case errors.Is(err, oauth.ErrTooManyKeys):
		return fault.Wrap(err, CodeKey, "There are too many access keys already. Revoke some first.")
	case errors.Is(err, oauth.ErrNoKey):
		return fault.Wrap(err, CodeKey, "There is no access key of this name or id. codabridge keys list shows those there are.")
	}
	return err
}
