//go:build unix

package pluginhost_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// pluginDir returns a directory without symbolic links above it, where tests may put plugins.
func pluginDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// put writes a file of a mode, whatever the umask is.
func put(t *testing.T, path string, mode fs.FileMode) string {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte("a plugin"), 0o600), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
	return path
}

// dir makes a directory of a mode.
func dir(t *testing.T, path string, mode fs.FileMode) string {
	t.Helper()
	if err := errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// names returns what was found, and what was passed over with the reason.
func names(found []pluginhost.Found, passedOver []*pluginhost.PassedOver) (offered []string, why map[string]error) {
	why = map[string]error{}
	for _, f := range found {
		offered = append(offered, filepath.Base(f.Path))
	}
	for _, p := range passedOver {
		why[filepath.Base(p.Path)] = p
	}
	return offered, why
}

func TestDiscoverPassesOver(t *testing.T) {
	for name, test := range map[string]struct {
		make func(t *testing.T, dir string)
		want error // nil if the plugin is offered
		text string
	}{
		"executable":              {func(t *testing.T, d string) { put(t, d+"/plugin", 0o755) }, nil, ""},
		"only its group's":        {func(t *testing.T, d string) { put(t, d+"/plugin", 0o770) }, nil, ""},
		"not executable":          {func(t *testing.T, d string) { put(t, d+"/plugin", 0o644) }, pluginhost.ErrNotExecutable, "its mode is -rw-r--r--"},
		"everybody can write":     {func(t *testing.T, d string) { put(t, d+"/plugin", 0o757) }, pluginhost.ErrWritableByOthers, "has mode -rwxr-xrwx"},
		"directory":               {func(t *testing.T, d string) { dir(t, d+"/plugin", 0o755) }, pluginhost.ErrNotRegular, "it is a directory"},
		"socket":                  {putSocket, pluginhost.ErrNotRegular, "it is a socket"},
		"link that leads nowhere": {func(t *testing.T, d string) { link(t, "nowhere", d+"/plugin") }, fs.ErrNotExist, "nowhere"},
		"link into a directory where everybody can write": {
			func(t *testing.T, d string) {
				put(t, dir(t, d+"/open", 0o777)+"/real", 0o755)
				link(t, "open/real", d+"/plugin")
			}, pluginhost.ErrWritableByOthers, "open has mode drwxrwxrwx",
		},
		"link to a link in such a directory": {
			func(t *testing.T, d string) {
				put(t, d+"/real", 0o755)
				link(t, "../real", dir(t, d+"/open", 0o777)+"/again")
				link(t, "open/again", d+"/plugin")
			}, pluginhost.ErrWritableByOthers, "open has mode drwxrwxrwx",
		},
		"link to a directory not executable": {
			func(t *testing.T, d string) { link(t, "..", d+"/plugin") }, pluginhost.ErrNotRegular, "it is a directory",
		},
		"link": {
			func(t *testing.T, d string) {
				put(t, dir(t, d+"/v1", 0o755)+"/real", 0o755)
				link(t, "v1", d+"/current")
				link(t, "current/real", d+"/plugin")
			}, nil, "",
		},
		"directory with the sticky bit": {
			func(t *testing.T, d string) {
				put(t, d+"/plugin", 0o755)
				chmod(t, d, 0o777|fs.ModeSticky)
			}, nil, "",
		},
		"directory where everybody can write": {
			func(t *testing.T, d string) {
				put(t, d+"/plugin", 0o755)
				chmod(t, d, 0o777)
			}, pluginhost.ErrWritableByOthers, "has mode drwxrwxrwx",
		},
		"below a directory where everybody can write": {
			func(t *testing.T, d string) {
				put(t, d+"/plugin", 0o755)
				chmod(t, filepath.Dir(d), 0o777)
			}, pluginhost.ErrWritableByOthers, "has mode drwxrwxrwx",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := dir(t, pluginDir(t)+"/plugins", 0o755)
			test.make(t, d)
			found, passedOver, err := pluginhost.Discover(d, "plugin")
			if err != nil {
				t.Fatal(err)
			}
			offered, why := names(found, passedOver)
			if test.want == nil && (len(offered) != 1 || len(why) != 0) {
				t.Errorf("offered %v, passed over %v; want it offered", offered, why)
			}
			if test.want != nil && (len(offered) != 0 || !errors.Is(why["plugin"], test.want) || !strings.Contains(why["plugin"].Error(), test.text)) {
				t.Errorf("offered %v, passed over %v; want %v and %q", offered, why, test.want, test.text)
			}
		})
	}
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func putSocket(t *testing.T, d string) {
	t.Helper()
	t.Chdir(d) // the path of a socket is short
	listener, err := net.Listen("unix", "plugin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
}

// TestDiscoverForeignFile holds that the sticky bit does not keep others from adding a plugin.
func TestDiscoverForeignFile(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a file away")
	}
	d := dir(t, pluginDir(t)+"/plugins", 0o777|fs.ModeSticky)
	for _, name := range []string{"own", "foreign"} {
		put(t, filepath.Join(d, name), 0o755)
	}
	if err := os.Chown(filepath.Join(d, "foreign"), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	found, passedOver, err := pluginhost.Discover(d, "*")
	if err != nil {
		t.Fatal(err)
	}
	offered, why := names(found, passedOver)
	if !slices.Equal(offered, []string{"own"}) || !errors.Is(why["foreign"], pluginhost.ErrWritableByOthers) {
		t.Errorf("offered %v, passed over %v", offered, why)
	}
}

func TestDiscoverNamesAndOrder(t *testing.T) {
	home := pluginDir(t)
	t.Setenv("HOME", home)
	d := dir(t, home+"/plugins", 0o755)
	for _, name := range []string{"app-b", "app-a", "other", ".app-hidden"} {
		put(t, filepath.Join(d, name), 0o755)
	}
	link(t, "app-b", d+"/app-link")
	want := []pluginhost.Found{{Path: d + "/app-a"}, {Path: d + "/app-b"}, {Path: d + "/app-link", Target: d + "/app-b"}}
	t.Chdir(home)
	for _, dir := range []string{d, "plugins", "./plugins/", "~/plugins"} {
		found, passedOver, err := pluginhost.Discover(dir, "app-*")
		if err != nil || len(passedOver) > 0 {
			t.Errorf("%s: %v, %v", dir, passedOver, err)
		}
		if !slices.Equal(found, want) {
			t.Errorf("%s: found %+v, want %+v", dir, found, want)
		}
	}
	if found, _, err := pluginhost.Discover("~", "plug*"); err != nil || len(found) != 0 {
		t.Errorf("the home directory: %v, %v", found, err)
	}
}

func TestDiscoverCannot(t *testing.T) {
	d := pluginDir(t)
	put(t, d+"/plugin", 0o755)
	for name, test := range map[string]struct{ dir, pattern, want string }{
		"no such directory":           {d + "/none", "*", "no such file or directory"},
		"a file instead of directory": {d + "/plugin", "*", "not a directory"},
		"malformed pattern":           {d, "[", "syntax error in pattern"},
		"directory in the pattern":    {d, "sub/*", "has a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := pluginhost.Discover(test.dir, test.pattern); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}
