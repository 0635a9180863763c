package desktop

import (
	"slices"
	"strings"

	"golang.org/x/sys/windows"
)

// OpenToOthers tells whether other users may do anything in a folder. The system
// itself and administrators do not count, who could take it anyway. A mode says
// nothing here; what counts is the list of rights.
func OpenToOthers(dir string) (bool, error) {
	sd, err := windows.GetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return false, err
	}
	us, err := thisUser()
	if err != nil {
		return false, err
	}
	_, list, found := strings.Cut(sd.String(), "D:")
	if !found || strings.HasPrefix(list, "NO_ACCESS_CONTROL") {
		return true, nil
	}
	for _, entry := range strings.Split(list, "(")[1:] { // TYPE;FLAGS;RIGHTS;;;WHO)
		kind, who := entry[:1], entry[strings.LastIndex(entry, ";")+1:strings.LastIndex(entry, ")")]
		sid, err := windows.StringToSid(who)
		if kind != "D" && (err != nil || !sid.Equals(us) && !slices.ContainsFunc(noOthers, sid.IsWellKnown)) {
			return true, nil
		}
	}
	return false, nil
}

var noOthers = []windows.WELL_KNOWN_SID_TYPE{
	windows.WinLocalSystemSid, windows.WinBuiltinAdministratorsSid, windows.WinCreatorOwnerSid, windows.WinCreatorOwnerRightsSid,
}

// closeToOthers leaves this user, the system and administrators in, in all that
// is in the folder and comes into it.
func closeToOthers(dir string) error {
	us, err := thisUser()
	if err != nil {
		return err
	}
	sd, err := windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;" + us.String() + ")(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")
	if err != nil {
		return err
	}
	list, _, err := sd.DACL()
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(dir, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}

func thisUser() (*windows.SID, error) {
	u, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return u.User.Sid, nil
}

// HowToClose says what the owner does about a folder that is open to others.
func HowToClose(string) string {
	return "let nobody but yourself use it (its Properties, Security)"
}
