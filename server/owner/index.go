package owner

import "context"

func (o *Owner) setIndex(_ context.Context, form Form) (Answer, error) {
	sentence := "The index begins anew."
	if !form.On("on") {
		sentence = "The index is off and removed from this computer. Search finds names only."
	}
	return say(sentence), o.desk.SetIndex(form.On("on"))
}

func (o *Owner) pauseIndex(_ context.Context, form Form) (Answer, error) {
	return nil, o.desk.PauseIndex(form.On("on"))
}

func (o *Owner) rebuildIndex(ctx context.Context, form Form) (Answer, error) {
	sentence := "The index is being made anew."
	if form.Text("doc") != "" {
		sentence = "The doc is being read again."
	}
	return say(sentence), o.desk.RebuildIndex(ctx, form.Text("doc"))
}

func (o *Owner) excludeDocument(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.ExcludeDocument(ctx, form.Text("doc"), form.On("on"))
	return say(sentence), err
}
