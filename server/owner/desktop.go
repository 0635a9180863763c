package owner

import "context"

func (o *Owner) setNotification(_ context.Context, form Form) (Answer, error) {
	return say("Saved."), o.desk.SetNotification(form.Text("kind"), form.On("on"))
}

func (o *Owner) setUpdates(_ context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.SetUpdates(form.On("on"))
	return say(sentence), err
}

func (o *Owner) checkUpdates(ctx context.Context, _ Form) (Answer, error) {
	sentence, err := o.desk.CheckUpdates(ctx)
	return say(sentence), err
}

func (o *Owner) newsSeen(context.Context, Form) (Answer, error) {
	return nil, o.desk.NewsSeen()
}
