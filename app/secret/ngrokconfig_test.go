package secret

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNgrokConfigIsFoundInEveryShapeAndPlace(t *testing.T) {
	for _, c := range []struct{ name, path, text, want string }{
		{"version 3 under agent", ".config/ngrok/ngrok.yml", "version: 3\nagent:\n  authtoken: 2abc_DEF\n", "2abc_DEF"},
		{"version 2 at the top", ".config/ngrok/ngrok.yml", "version: \"2\"\nauthtoken: 2abc\n", "2abc"},
		{"quoted, with a comment behind it", ".config/ngrok/ngrok.yml", "authtoken: \"2abc\" # mine\n", "2abc"},
		{"windows line ends", "AppData/Local/ngrok/ngrok.yml", "version: 3\r\nagent:\r\n  authtoken: 2abc\r\n", "2abc"},
		{"a byte order mark", "AppData/Local/ngrok/ngrok.yml", "\ufeffauthtoken: 2abc\r\n", "2abc"},
		{"the Mac's folder has a space", "Library/Application Support/ngrok/ngrok.yml", "authtoken: 2abc\n", "2abc"},
		{"the folder of ngrok 2", ".ngrok2/ngrok.yml", "authtoken: 2abc\n", "2abc"},
		{"XDG_CONFIG_HOME elsewhere", "xdg/ngrok/ngrok.yml", "authtoken: 2abc\n", "2abc"},
		{"a commented line is not a token", ".config/ngrok/ngrok.yml", "# authtoken: 2abc\n", ""},
		{"the example's placeholder is not a token", ".config/ngrok/ngrok.yml", "authtoken: <your-token>\n", ""},
		{"an empty value does not run into the next line", ".config/ngrok/ngrok.yml", "authtoken:\nregion: eu\n", ""},
		{"a key that only ends alike", ".config/ngrok/ngrok.yml", "old_authtoken: 2abc\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			t.Setenv("HOME", home)
			t.Setenv("USERPROFILE", home)
			t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "xdg"))
			t.Setenv("LOCALAPPDATA", "")
			file := filepath.Join(home, filepath.FromSlash(c.path))
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(c.text), 0o400); err != nil {
				t.Fatal(err)
			}
			token, path, ok := NgrokConfig()
			if token != c.want || ok != (c.want != "") || ok && path != file {
				t.Errorf("got %q %q %v", token, path, ok)
			}
			if after, err := os.ReadFile(file); err != nil || string(after) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}
