package owner

import "context"

func (o *Owner) saveCodaToken(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.SaveCodaToken(ctx, form.Text("token"), form.On("memory"))
	return say(sentence), err
}

func (o *Owner) forgetCodaToken(ctx context.Context, _ Form) (Answer, error) {
	return say("The Coda token is forgotten."), o.desk.ForgetCodaToken(ctx)
}

func (o *Owner) askKeyring(ctx context.Context, _ Form) (Answer, error) {
	return say("The keyring was read."), o.desk.AskKeyring(ctx)
}

func (o *Owner) saveNgrokToken(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.SaveNgrokToken(ctx, form.Text("token"), form.On("memory"))
	return say(sentence), err
}

func (o *Owner) importNgrokToken(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.ImportNgrokToken(ctx, form.On("memory"))
	return say(sentence), err
}

func (o *Owner) forgetNgrokToken(ctx context.Context, _ Form) (Answer, error) {
	return say("The ngrok authtoken is forgotten."), o.desk.ForgetNgrokToken(ctx)
}

func (o *Owner) savePublicURL(ctx context.Context, form Form) (Answer, error) {
	return say("Saved."), o.desk.SetPublicURL(ctx, form.Text("url"))
}

func (o *Owner) setTunnel(ctx context.Context, form Form) (Answer, error) {
	sentence := "codabridge is for programs on this computer only."
	if form.On("on") {
		sentence = "codabridge is for ChatGPT and Claude on the web too."
	}
	return say(sentence), o.desk.SetTunnel(ctx, form.On("on"))
}

func (o *Owner) dismissWarning(context.Context, Form) (Answer, error) {
	o.desk.DismissWarning()
	return nil, nil
}

func (o *Owner) start(context.Context, Form) (Answer, error) {
	return nil, o.desk.Start()
}

func (o *Owner) stop(context.Context, Form) (Answer, error) {
	return nil, o.desk.Stop()
}

func (o *Owner) pause(context.Context, Form) (Answer, error) {
	return nil, o.desk.Pause()
}

func (o *Owner) restart(context.Context, Form) (Answer, error) {
	process, err := o.desk.Restart()
	return Answer{"message": "codabridge starts anew.", "process": process}, err
}

func (o *Owner) setReadOnly(_ context.Context, form Form) (Answer, error) {
	sentence := "Assistants may write again, where you allowed it."
	if form.On("on") {
		sentence = "Read-only is on: no assistant can change anything."
	}
	return say(sentence), o.desk.SetReadOnly(form.On("on"))
}

func (o *Owner) setToolset(_ context.Context, form Form) (Answer, error) {
	return say("Saved. ChatGPT keeps the list it saw: press Refresh in the connection's settings there."),
		o.desk.SetToolset(form.Text("toolset"), form.All("tools"))
}

// examine runs the doctor. It ends when who asked goes away or the program
// stops.
func (o *Owner) examine(ctx context.Context, _ Form) (Answer, error) {
	ctx, cancel := o.frame.UntilDrain(ctx)
	defer cancel()
	lines, err := o.desk.Examine(ctx)
	return Answer{"findings": lines}, err
}
