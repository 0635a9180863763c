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
