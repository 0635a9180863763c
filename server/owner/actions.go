package owner

// Actions are all that the owner can do, in one table.
func (o *Owner) Actions() []Action {
	token, memory, on, doc := Field{"token", Secret}, Field{"memory", Option}, Field{"on", Switch}, Field{"doc", Text}
	takes := func(f ...Field) []Field { return f }
	return append([]Action{
		{"coda-token", takes(token, memory), o.saveCodaToken},
		{"coda-token/forget", nil, o.forgetCodaToken},
		{"ngrok-token", takes(token, memory), o.saveNgrokToken},
		{"ngrok-token/import", takes(memory), o.importNgrokToken},
		{"ngrok-token/forget", nil, o.forgetNgrokToken},
		{"keyring", nil, o.askKeyring},
		{"public-url", takes(Field{"url", Text}), o.savePublicURL},
		{"tunnel", takes(on), o.setTunnel},
		{"warning/dismiss", nil, o.dismissWarning},
		{"start", nil, o.start},
		{"stop", nil, o.stop},
		{"pause", nil, o.pause},
		{"restart", nil, o.restart},
		{"toolset", takes(Field{"toolset", Text}, Field{"tools", Many}), o.setToolset},
		{"read-only", takes(on), o.setReadOnly},
		{"index/enabled", takes(on), o.setIndex},
		{"index/pause", takes(on), o.pauseIndex},
		{"index/rebuild", takes(doc), o.rebuildIndex},
		{"index/find", takes(Field{"name", Text}), o.findDocuments},
		{"index/exclude", takes(doc, on), o.excludeDocument},

		{"quit", nil, o.quit},
		{"uninstall", takes(Field{"login", Option}, Field{"programs", Option}, Field{"keyring", Option}, Field{"data", Option}), o.uninstall},
		{"autostart", takes(on), o.setAutostart},
		{"notifications", takes(Field{"kind", Text}, on), o.setNotification},
		{"updates", takes(on), o.setUpdates},
		{"updates/check", nil, o.checkUpdates},
		{"news/seen", nil, o.newsSeen},
		{"programs/connect", takes(Field{"name", Text}), o.connectProgram},
		{"programs/disconnect", takes(Field{"name", Text}), o.disconnectProgram},

		{"allow", takes(Field{"connection", Text}, Field{"policy", Text}), o.setPolicy},
		{"allow/docs", takes(Field{"connection", Text}, Field{"docs", Many}, Field{"all", Option}), o.setDocuments},
		{"allow/choice", takes(Field{"known", Option}), o.listDocuments},
	}, append(o.changes(), o.signIns()...)...)
}

// changes are those about what assistants read and change.
func (o *Owner) changes() []Action {
	on, doc := Field{"on", Switch}, Field{"doc", Text}
	takes := func(f ...Field) []Field { return f }
	return []Action{
		{"try/tools", nil, o.tryTools},
		{"try", takes(Field{"tool", Text}, Field{"arguments", Text}, Field{"connection", Text}), o.try},
		{"changes/pending", nil, o.pendingChanges},
		{"changes/answer", takes(Field{"id", Text}, Field{"yes", Switch}, Field{"for", Text}, Field{"word", Text}), o.answerChange},
		{"changes/enabled", takes(on), o.setChanges},
		{"changes/blind", takes(on), o.setBlindWrites},
		{"changes/ask-always", takes(Field{"kind", Many}), o.setAskAlways},
		{"changes/list", takes(Field{"connection", Text}, Field{"since", Moment}, doc, Field{"state", Text}, Field{"older", Text}, Field{"limit", Number}), o.listChanges},
		{"changes/show", takes(Field{"id", Text}), o.showChange},
		{"changes/undo", takes(Field{"id", Many}, Field{"how", Text}), o.undo},
		{"changes/undo-since", takes(Field{"connection", Text}, Field{"since", Moment}, Field{"how", Text}), o.undoSince},
	}
}

// signIns are those about who may sign in, and with what.
func (o *Owner) signIns() []Action {
	code, key := Field{"code", Text}, Field{"key", Text}
	takes := func(f ...Field) []Field { return f }
	return []Action{
		{"approve/find", takes(code), o.findRequest},
		{"approve/arrive", takes(code), o.arrive},
		{"approve/arrived", takes(Field{"for", Text}), o.arrived},
		{"knock/bring", takes(Field{"knock", Text}), o.bringUnknown},
		{"knock/allow", takes(key), o.allowUnknown},
		{"knock/ignore", takes(key), o.ignoreUnknown},
		{"hosts/forget", takes(Field{"host", Text}), o.forgetHost},
		{"approve", takes(code, Field{"write", Option}, Field{"policy", Text}, Field{"host", Text}), o.approve},
		{"deny", takes(code), o.deny},
		{"doctor", nil, o.examine},
		{"connections/find", takes(Field{"name", Text}), o.findConnections},
		{"revoke", takes(Field{"id", Text}), o.revokeConnection},
		{"redirects/forget", takes(Field{"client", Text}, Field{"redirect", Text}), o.forgetRedirect},
		{"client-ids/add", takes(Field{"name", Text}, Field{"redirect", Many}, Field{"public", Option}), o.addClient},
		{"client-ids/remove", takes(Field{"id", Text}), o.removeClient},
		{"keys/add", takes(Field{"name", Text}, Field{"write", Option}, Field{"policy", Text}, Field{"docs", Many}, Field{"days", Number}), o.addKey},
		{"keys/revoke", takes(Field{"key", Text}), o.revokeKey},
	}
}
