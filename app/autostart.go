package app

import (
	"errors"
	"os"

	"codabridge/app/autostart"
	"codabridge/app/config"
	"codabridge/app/programs"
	"codabridge/server/state"
)

// AutostartState is the start at login in State.
type AutostartState = state.AutostartState

// newSwitch is the start at login of this program.
func newSwitch(cfg config.Config) *autostart.Switch {
	system := thisSystem()
	o := autostart.Options{OS: system.OS, Getenv: system.Getenv, Home: system.Home, Args: ourFolder(cfg)}
	executable, err := os.Executable()
	if err == nil {
		o.Command, err = programs.Installed(system, executable)
	}
	o.Why = err
	return autostart.New(o)
}

// Autostart tells how the start at login stands, without a running instance.
func Autostart(cfg config.Config) AutostartState { return autostartState(cfg, newSwitch(cfg)) }

// SetAutostart turns the start at login, without a running instance.
func SetAutostart(cfg config.Config, on bool) error { return newSwitch(cfg).Set(on) }

func autostartState(cfg config.Config, s *autostart.Switch) AutostartState {
	at := s.State()
	return AutostartState{Offered: !cfg.Demo, On: at.On, Note: at.Note, Where: at.Where}
}

// SetAutostart turns the start at login.
func (a *App) SetAutostart(on bool) error {
	if a.config().Demo {
		return errors.New("the demo is not started at login; start codabridge without demo and turn it on there")
	}
	err := a.atLogin.Set(on)
	a.log.Info("app: the owner decided", "start_at_login", on, "err", err)
	a.update()
	return err
}

// correctAutostart makes the system start this program where it is by now, if it
// starts it at all.
func (a *App) correctAutostart() {
	if !a.desktop || a.config().Demo {
		return
	}
	changed, err := a.atLogin.Correct()
	if changed || err != nil {
		a.log.Info("app: the path of the start at login was old", "corrected", changed, "err", err)
	}
}
