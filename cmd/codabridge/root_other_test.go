//go:build !linux

package main

import "syscall"

func emptyRoot(string) *syscall.SysProcAttr { return nil }
