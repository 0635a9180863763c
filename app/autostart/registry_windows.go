package autostart

import reg "golang.org/x/sys/windows/registry"

// userRegistry is HKEY_CURRENT_USER. Its errors are fs.ErrNotExist where a key or
// a value is missing.
type userRegistry struct{}

func systemRegistry() registry { return userRegistry{} }

func (userRegistry) text(path, name string) (text string, err error) {
	err = opened(path, reg.QUERY_VALUE, func(k reg.Key) (err error) {
		text, _, err = k.GetStringValue(name)
		return err
	})
	return text, err
}

func (userRegistry) bytes(path, name string) (b []byte, err error) {
	err = opened(path, reg.QUERY_VALUE, func(k reg.Key) (err error) {
		b, _, err = k.GetBinaryValue(name)
		return err
	})
	return b, err
}

func (userRegistry) setText(path, name, text string) error {
	k, _, err := reg.CreateKey(reg.CURRENT_USER, path, reg.SET_VALUE)
	if err != nil {
		return err
	}
	defer k.Close()
	return k.SetStringValue(name, text)
}

func (userRegistry) remove(path, name string) error {
	return opened(path, reg.SET_VALUE, func(k reg.Key) error { return k.DeleteValue(name) })
}

func opened(path string, access uint32, do func(reg.Key) error) error {
	k, err := reg.OpenKey(reg.CURRENT_USER, path, access)
	if err != nil {
		return err
	}
	defer k.Close()
	return do(k)
}
