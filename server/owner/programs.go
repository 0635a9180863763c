package owner

import "context"

func (o *Owner) connectProgram(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.ConnectProgram(ctx, form.Text("name"))
	return say(sentence), err
}

func (o *Owner) disconnectProgram(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.DisconnectProgram(ctx, form.Text("name"))
	return say(sentence), err
}

func (o *Owner) setAutostart(_ context.Context, form Form) (Answer, error) {
	sentence := "codabridge does not start when you log in."
	if form.On("on") {
		sentence = "codabridge starts when you log in."
	}
	return say(sentence), o.desk.SetAutostart(form.On("on"))
}
