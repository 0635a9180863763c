package app

import (
	"slices"

	"codabridge/app/config"
	"codabridge/server/fault"
	"codabridge/server/state"
	"codabridge/server/tools"
)

// ToolNames are the names of all tools there are.
func ToolNames() []string { return tools.AllNames() }

// toolset is the owner's choice of this moment.
func (a *App) toolset() tools.Toolset { return toolsetOf(a.config()) }

func toolsetState(c config.Config) state.ToolsetState {
	chosen := toolsetOf(c)
	set := state.ToolsetState{Name: chosen.Name}
	for _, o := range tools.Offers() {
		if o.Admin && !chosen.Admin {
			continue
		}
		set.Choices = append(set.Choices, state.ToolChoice{
			Name: o.Name, Title: o.Title, Writes: o.Writes,
			Chosen: chosen.Name == tools.FullTools || (chosen.Name == tools.CustomTools && slices.Contains(chosen.Tools, o.Name)) || (chosen.Name == tools.CoreTools && o.Core),
		})
	}
	return set
}

// toolsetOf is the owner's choice in the form the tools take.
func toolsetOf(c config.Config) tools.Toolset {
	return tools.Toolset{Name: c.Toolset, Tools: c.Tools, Admin: c.Admin}
}

// SetToolset chooses what tools assistants are offered and remembers it.
func (a *App) SetToolset(name string, names []string) error {
	switch name {
	case tools.CoreTools, tools.FullTools:
		names = nil
	case tools.CustomTools:
		if len(names) == 0 {
			return fault.New(fault.CodeInput, "Choose at least one tool, or the toolset core or full.")
		}
		for _, n := range names {
			if !slices.Contains(tools.AllNames(), n) {
				return fault.New(fault.CodeInput, "There is no tool %q. %s", fault.Clip(n, 60), didYouMean(n, tools.AllNames()))
			}
		}
	default:
		return fault.New(fault.CodeInput, "Choose the toolset core or full, or custom with the tools that you want.")
	}
	a.deciding.Lock()
	defer a.deciding.Unlock()
	// The names first: config.json never says custom without them.
	if names != nil {
		if err := a.config().Save("tools", names); err != nil {
			return err
		}
	}
	if err := a.config().Save("toolset", name); err != nil {
		return err
	}
	a.log.Info("app: the owner decided", "toolset", name)
	a.settings.set(func(c *config.Config) {
		c.Toolset = name
		if names != nil {
			c.Tools = names
		}
	})
	a.update()
	return nil
}

// changes says what a connection that may write can do with the tools on offer.
func (a *App) changes() string { return changesWith(a.toolset()) }

func changesWith(chosen tools.Toolset) string {
	if chosen.Name == tools.CoreTools && !chosen.Admin {
		return "Change your Coda docs: add, change and delete rows; make, rename and edit pages"
	}
	return "Change your Coda docs with all tools you offer: also edit and delete docs, pages and rows, share and publish them"
}
