package pluginhost

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
)

// An attachPoint is a plugin that runs already, as COOKIEKEY_REATTACH describes it: the line that pluginserve prints in
// debug mode.
type attachPoint struct {
	Protocol        plugin.Protocol
	ProtocolVersion int
	Pid             int // 0 if it is of another machine
	Addr            struct{ Network, String string }
}

// watchInterval is how often the host looks whether a plugin lives that it did not start.
const watchInterval = time.Second

// shutdownMethod is what go-plugin's client calls to end a plugin.
const shutdownMethod = "/plugin.GRPCController/Shutdown"

// attach connects to a plugin that runs already.
func (s *settings) attach(ctx context.Context) (*Plugin, *StartError) {
	point, address, e := s.attachPoint()
	if e != nil {
		return nil, e
	}
	p := s.newPlugin()
	p.tidy, p.sweep = func() error { return nil }, func() { close(p.swept) }
	process := &attachment{id: point.Pid, ended: make(chan struct{})}
	p.version = point.ProtocolVersion
	p.run(process)
	s.restarts = nil // it is not the host's to start
	config := s.connectConfig(p)
	if s.pinned != nil { // there is no handshake to take a certificate from
		config.TLSConfig = nil
	}
	config.Plugins = s.versions()[point.ProtocolVersion]
	connect := func() (plugin.ClientProtocol, error) { return attachGRPC(config, point, address, process) }
	if point.Protocol != plugin.ProtocolGRPC {
		connect = func() (plugin.ClientProtocol, error) { return attachNetRPC(config, address) }
	}
	if err := p.connect(ctx, connect); err != nil {
		process.kill()
		e := s.giveUp(ctx, p, new(front), err)
		if ctx.Err() == nil {
			e.Reason, e.Problem = Unreachable, fmt.Sprintf("no plugin answers at %s, where %s leads: %v", address, s.attachVariable(), err)
			e.Remedy = "start the plugin in its debugger again, and take the line that it prints\nunset " + s.attachVariable()
		}
		return nil, e
	}
	disconnect := p.release
	p.release = sync.OnceFunc(func() {
		disconnect()
		process.kill()
	})
	p.sweep()
	go process.watch()
	go p.watch()
	return p, nil
}

func (s *settings) attachVariable() string { return reattachVariable(s.config.MagicCookieKey) }

// attachPoint returns what the environment says.
func (s *settings) attachPoint() (point attachPoint, address net.Addr, e *StartError) {
	text := os.Getenv(s.attachVariable())
	err := json.Unmarshal([]byte(text), &point)
	if err == nil {
		address, err = resolve(point.Addr.Network, point.Addr.String)
	}
	if err != nil {
		return point, nil, failure(BadConfig, fmt.Sprintf("%s is %q: %v", s.attachVariable(), text, err),
			`take the line that the plugin prints in debug mode, such as {"Protocol":"grpc","ProtocolVersion":1,"Pid":7,"Addr":{"Network":"unix","String":"/tmp/x"}}`+"\nunset it", err)
	}
	versions := slices.Sorted(maps.Keys(s.versions()))
	if !slices.Contains(versions, point.ProtocolVersion) {
		return point, nil, versionMismatch(point.ProtocolVersion, versions)
	}
	return point, address, nil
}

func resolve(network, address string) (net.Addr, error) {
	switch network {
	case "unix":
		return net.ResolveUnixAddr(network, address)
	case "tcp":
		return net.ResolveTCPAddr(network, address)
	}
	return nil, fmt.Errorf("network %q, expected unix or tcp", network)
}

// attachGRPC connects through go-plugin, whose Close would end the plugin: a host that only attached must not.
func attachGRPC(config *plugin.ClientConfig, point attachPoint, address net.Addr, process *attachment) (plugin.ClientProtocol, error) {
	keep := func(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
		if method == shutdownMethod {
			return nil
		}
		return invoke(ctx, method, req, reply, cc, options...)
	}
	config.GRPCDialOptions = append(config.GRPCDialOptions, grpc.WithChainUnaryInterceptor(keep))
	config.GRPCBrokerMultiplex = false // which go-plugin cannot with a plugin that runs already
	config.Reattach = &plugin.ReattachConfig{
		Protocol: point.Protocol, ProtocolVersion: point.ProtocolVersion, Addr: address, Pid: point.Pid, Test: true,
		ReattachFunc: func() (runner.AttachedRunner, error) { return process, nil },
	}
	return plugin.NewClient(config).Client()
}

// attachNetRPC connects without go-plugin's Client, which can only close such a connection by ending the plugin.
func attachNetRPC(config *plugin.ClientConfig, address net.Addr) (plugin.ClientProtocol, error) {
	conn, err := net.Dial(address.Network(), address.String())
	if err != nil {
		return nil, err
	}
	client, err := plugin.NewRPCClient(conn, config.Plugins)
	if err != nil {
		return nil, err
	}
	return keptRPC{ClientProtocol: client, conn: conn}, client.SyncStreams(config.SyncStdout, config.SyncStderr)
}

// A keptRPC is a client of net/rpc whose Close does not end the plugin.
type keptRPC struct {
	plugin.ClientProtocol
	conn io.Closer
}

// Close disconnects.
func (k keptRPC) Close() error { return k.conn.Close() }

// An attachment is the process of a plugin that the host did not start.
type attachment struct {
	id    int
	once  sync.Once
	ended chan struct{}
}

func (a *attachment) pid() int              { return a.id }
func (a *attachment) terminate()            {}
func (a *attachment) kill()                 { a.once.Do(func() { close(a.ended) }) } // it is not the host's to kill
func (a *attachment) done() <-chan struct{} { return a.ended }
func (a *attachment) exitError() *ExitError {
	return &ExitError{Path: "(attached)", PID: a.id, ExitCode: -1, Err: errors.New("the process is gone")}
}

// Wait returns when the process is gone, or the host has disconnected.
func (a *attachment) Wait(context.Context) error {
	<-a.ended
	return nil
}

// Kill disconnects.
func (a *attachment) Kill(context.Context) error {
	a.kill()
	return nil
}

// ID returns the process id.
func (a *attachment) ID() string { return strconv.Itoa(a.id) }

// PluginToHost returns the address.
func (a *attachment) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin returns the address.
func (a *attachment) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// watch notes when the process is gone.
func (a *attachment) watch() {
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for a.id == 0 || alive(a.id) {
		select {
		case <-a.ended:
			return
		case <-ticker.C:
		}
	}
	a.kill()
}
