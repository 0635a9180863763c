package owner

import "context"

func (o *Owner) setNotification(_ context.Context, form Form) (Answer, error) {
	return say("Saved."), o.desk.SetNotification(form.Text("kind"), form.On("on"))
}

func (o *Owner) setUpdates(_ context.Context, form Form) (Answer, error) {
	sentence := "codabridge asks nobody for newer versions."
	if form.On("on") {
		sentence = "codabridge asks once a week whether there is a newer version, and downloads nothing."
	}
	return say(sentence), o.desk.SetUpdates(form.On("on"))
}

func (o *Owner) checkUpdates(ctx context.Context, _ Form) (Answer, error) {
	sentence, err := o.desk.CheckUpdates(ctx)
	return say(sentence), err
}

func (o *Owner) newsSeen(context.Context, Form) (Answer, error) {
	return nil, o.desk.NewsSeen()
}
