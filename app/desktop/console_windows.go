package desktop

import (
	"golang.org/x/sys/windows"
)

var consoleProcessList = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList")

// OwnConsole tells whether a console window stands open for this program alone,
// as after a double click or at login: nobody typed its name into it.
func OwnConsole() bool {
	if consoleProcessList.Find() != nil {
		return false
	}
	list, err := windows.LocalAlloc(windows.LPTR, 2*4) // two numbers of processes
	if err != nil {
		return false
	}
	defer func() { _, _ = windows.LocalFree(windows.Handle(list)) }()
	n, _, _ := consoleProcessList.Call(list, 2)
	return n == 1
}
