package pluginhost

import (
	"hash"
	"maps"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// defaultStartTimeout is go-plugin's.
const defaultStartTimeout = time.Minute

// settings are what Start is called with. They share nothing that is changed with the caller.
type settings struct {
	config  *plugin.ClientConfig
	command *exec.Cmd // nil where the configuration has a RunnerFunc
	env     envPolicy
	checks  []func(path string) error // of the executable, before each start
	locked  bool                      // one of the checks is that of WithLock
	pinned  *pinnedTLS                // nil without AutoMTLS
	tcp     bool                      // go-plugin's plugins listen on TCP here, which anybody on the machine can connect to
	plain   bool                      // no TLS but that of the configuration

	restarts *Restarts // nil without Supervise
}

// newSettings copies a configuration and a command. Its error is a *StartError with BadConfig.
func newSettings(config *plugin.ClientConfig, command *exec.Cmd, options []Option) (*settings, error) {
	if config == nil {
		return nil, badConfig(command, "no configuration was given", "give a *plugin.ClientConfig: generated packages have ClientConfig()")
	}
	own := copyConfig(config)
	if command == nil {
		command = config.Cmd
	}
	own.Cmd = nil
	s := &settings{config: own, env: envPolicy{all: !config.SkipHostEnv}, tcp: runtime.GOOS == "windows"}
	if err := checkConfig(config, command); err != nil {
		return nil, err
	}
	if command != nil {
		copied := *command
		s.command = &copied
	}
	for _, option := range options {
		option(s)
	}
	if own.Logger == nil {
		own.Logger = hclog.New(&hclog.LoggerOptions{Name: "plugin", Level: hclog.Info, Output: hclog.DefaultOutput})
	}
	if err := s.checkOptions(); err != nil {
		return nil, err
	}
	if own.AutoMTLS || s.tcp && !s.plain && own.TLSConfig == nil && own.RunnerFunc == nil {
		pinned, err := newPinnedTLS()
		if err != nil {
			return nil, badConfig(command, "no key for AutoMTLS: "+err.Error(), "")
		}
		s.pinned, own.TLSConfig, own.AutoMTLS = pinned, pinned.config, false
	}
	if own.SecureConfig != nil {
		s.checks = append(s.checks, checksum(own.SecureConfig))
		own.SecureConfig = nil // go-plugin checks the wrong path where it has a RunnerFunc
	}
	return s, nil
}

// copyConfig copies what go-plugin or this package changes in a configuration.
func copyConfig(config *plugin.ClientConfig) *plugin.ClientConfig {
	own := *config
	own.Plugins = maps.Clone(config.Plugins)
	own.VersionedPlugins = maps.Clone(config.VersionedPlugins)
	own.GRPCDialOptions = slices.Clone(config.GRPCDialOptions)
	own.AllowedProtocols = slices.Clone(config.AllowedProtocols)
	if len(own.AllowedProtocols) == 0 {
		own.AllowedProtocols = []plugin.Protocol{plugin.ProtocolNetRPC} // as go-plugin has it
	}
	if config.TLSConfig != nil {
		own.TLSConfig = config.TLSConfig.Clone()
	}
	own.UnixSocketConfig = new(plugin.UnixSocketConfig)
	if config.UnixSocketConfig != nil {
		*own.UnixSocketConfig = *config.UnixSocketConfig
	}
	if own.StartTimeout <= 0 {
		own.StartTimeout = defaultStartTimeout
	}
	return &own
}

// checkConfig says what is wrong with a configuration or a command.
func checkConfig(config *plugin.ClientConfig, command *exec.Cmd) error {
	switch {
	case config.MagicCookieKey == "" || config.MagicCookieValue == "":
		return badConfig(command, "the configuration has no magic cookie", "set MagicCookieKey and MagicCookieValue of the HandshakeConfig to the plugin's")
	case config.Plugins == nil && len(config.VersionedPlugins) == 0:
		return badConfig(command, "the configuration has neither Plugins nor VersionedPlugins", "set one of them: generated packages have PluginSet{}.Plugins()")
	case config.Reattach != nil:
		return badConfig(command, "the configuration has Reattach", "start such a plugin with plugin.NewClient, or set the environment variable "+reattachVariable(config.MagicCookieKey))
	case config.Cmd != nil && command != config.Cmd:
		return badConfig(command, "the configuration has a Cmd of its own", "give the command once")
	case config.RunnerFunc != nil && command != nil:
		return badConfig(command, "the configuration has a RunnerFunc, and a command was given", "give nil as the command")
	case config.RunnerFunc != nil && config.SecureConfig != nil:
		return badConfig(command, "the configuration has a RunnerFunc and a SecureConfig, which is for a file",
			"have the RunnerFunc see to what it runs, such as an image by its digest, and leave SecureConfig out")
	case config.AutoMTLS && config.TLSConfig != nil:
		return badConfig(command, "the configuration has AutoMTLS and a TLSConfig", "set one of them")
	case config.RunnerFunc != nil:
		return nil
	case command == nil:
		return badConfig(command, "no command was given", "give exec.Command(path)")
	case command.Process != nil:
		return badConfig(command, "the command was started before", "give a new command for each start")
	case command.Stdout != nil || command.Stderr != nil:
		return badConfig(command, "the command has a Stdout or a Stderr", "leave them nil: set Stderr, SyncStdout or SyncStderr of the configuration")
	}
	return nil
}

// checkOptions says which options do not fit the configuration.
func (s *settings) checkOptions() error {
	switch {
	case s.restarts != nil && s.config.GRPCBrokerMultiplex:
		return badConfig(s.command, "a plugin with GRPCBrokerMultiplex cannot be supervised: it has one connection for all", "set GRPCBrokerMultiplex to false")
	case s.locked && s.config.RunnerFunc != nil:
		return badConfig(s.command, "the configuration has a RunnerFunc, and WithLock was given, which is for a file",
			"have the RunnerFunc see to what it runs, such as an image by its digest, and leave WithLock out")
	}
	return nil
}

func badConfig(command *exec.Cmd, problem, remedy string) *StartError {
	path := "(none)"
	if command != nil {
		path = command.Path
	}
	e := failure(BadConfig, problem, remedy, nil)
	e.Path = path
	return e
}

// checksum returns the check of a SecureConfig. The hash is the caller's: it is copied where it can be, because a host may
// start the same plugin twice at a time.
func checksum(secure *plugin.SecureConfig) func(path string) error {
	return func(path string) error {
		own := *secure
		if cloner, ok := secure.Hash.(hash.Cloner); ok {
			if clone, err := cloner.Clone(); err == nil {
				own.Hash = clone
			}
		}
		if own.Hash != nil {
			own.Hash.Reset()
		}
		ok, err := own.Check(path)
		if err == nil && !ok {
			err = plugin.ErrChecksumsDoNotMatch
		}
		return err
	}
}

// versions returns the plugin sets by their protocol versions. As in go-plugin, Plugins are those of the handshake's
// version, unless there is another set for it.
func (s *settings) versions() map[int]plugin.PluginSet {
	versions := maps.Clone(s.config.VersionedPlugins)
	if versions == nil {
		versions = make(map[int]plugin.PluginSet)
	}
	own := int(s.config.ProtocolVersion)
	if _, ok := versions[own]; !ok && s.config.Plugins != nil {
		versions[own] = s.config.Plugins
	}
	return versions
}

// name is what errors call the plugin: the path of its executable.
func (s *settings) name() string {
	if s.command == nil {
		return "(of RunnerFunc)"
	}
	return s.command.Path
}

// reattachVariable is the name of the environment variable that leads a host to a plugin that runs already.
func reattachVariable(cookieKey string) string { return cookieKey + "_REATTACH" }
