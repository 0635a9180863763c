package owner

import (
	"context"

	"codabridge/server/fault"
)

func (o *Owner) setChanges(_ context.Context, form Form) (Answer, error) {
	sentence := "Each change is recorded from now on, with how it was before."
	if !form.On("on") {
		sentence = "The record of changes is off and removed. What was changed can no longer be put back here."
	}
	return say(sentence), o.desk.SetChanges(form.On("on"))
}

func (o *Owner) setBlindWrites(_ context.Context, form Form) (Answer, error) {
	return nil, o.desk.SetBlindWrites(form.On("on"))
}

func (o *Owner) setAskAlways(_ context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.SetAskAlways(form.All("kind"))
	return say(sentence), err
}

func (o *Owner) listChanges(ctx context.Context, form Form) (Answer, error) {
	all, more, err := o.desk.ListChanges(ctx, form.Text, form.Number("limit"))
	return Answer{"changes": all, "more": more}, err
}

func (o *Owner) showChange(ctx context.Context, form Form) (Answer, error) {
	d, err := o.desk.ShowChange(ctx, form.Text("id"))
	return Answer{"change": d}, err
}

func (o *Owner) undo(ctx context.Context, form Form) (Answer, error) {
	results, sentence, err := o.desk.Undo(ctx, form.All("id"), form.Text("how"))
	return Answer{"results": results, "message": sentence}, err
}

func (o *Owner) undoSince(ctx context.Context, form Form) (Answer, error) {
	results, sentence, err := o.desk.UndoSince(ctx, form.Text("connection"), form.Text("since"), form.Text("how"))
	return Answer{"results": results, "message": sentence}, err
}

func (o *Owner) setPolicy(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.SetPolicy(ctx, form.Text("connection"), form.Text("policy"))
	return say(sentence), err
}

// setDocuments chooses the docs of a connection, or takes the choice back.
func (o *Owner) setDocuments(ctx context.Context, form Form) (Answer, error) {
	ids, err := o.documentsOf(ctx, form.All("docs"))
	if err != nil {
		return nil, err
	}
	if form.On("all") == (len(ids) > 0) {
		return nil, fault.New(fault.CodeInput, "Choose at least one doc, or all docs. To let it see none, revoke it.")
	}
	sentence, err := o.desk.SetDocuments(ctx, form.Text("connection"), ids)
	return say(sentence), err
}

func (o *Owner) listDocuments(ctx context.Context, form Form) (Answer, error) {
	list := o.desk.Documents
	if form.On("known") {
		list = o.desk.KnownDocuments
	}
	all, err := list(ctx)
	return Answer{"docs": all}, err
}

func (o *Owner) pendingChanges(ctx context.Context, _ Form) (Answer, error) {
	all, err := o.desk.PendingChanges(ctx)
	return Answer{"pending": all}, err
}

func (o *Owner) answerChange(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.AnswerChange(ctx, form.Text("id"), form.On("yes"), form.Text("for"), form.Text("word"))
	return say(sentence), err
}
