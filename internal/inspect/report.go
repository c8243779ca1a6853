package inspect

import (
	"context"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

// A Report is what a plugin is and serves.
type Report struct {
	Path              string             `json:"path"`
	StartMilliseconds float64            `json:"startMilliseconds"`       // to the first answer
	Build             *Build             `json:"build,omitempty"`         // of an executable in Go
	Cookie            *Cookie            `json:"cookie,omitempty"`        // that the plugin knows; nil if that could not be found out
	CookieIgnored     bool               `json:"cookieIgnored,omitempty"` // it starts without one
	Handshake         Handshake          `json:"handshake"`
	Health            string             `json:"health,omitempty"`            // SERVING, …; the code of an error; nothing for net/rpc
	Services          []Service          `json:"services"`                    // of the application
	OwnServices       []string           `json:"ownServices,omitempty"`       // of go-plugin and gRPC
	Messages          map[string][]Field `json:"messages,omitempty"`          // all that the methods use, by full name
	Enums             map[string][]Value `json:"enums,omitempty"`             // all that the messages use
	ReflectionProblem string             `json:"reflectionProblem,omitempty"` // why services are missing
}

// A Handshake is what a plugin agreed on with its host.
type Handshake struct {
	CoreProtocol int      `json:"coreProtocol"`
	AppProtocol  int      `json:"appProtocol"` // the newest version that host and plugin know
	Protocol     string   `json:"protocol"`    // grpc or netrpc
	Network      string   `json:"network,omitempty"`
	TLS          string   `json:"tls,omitempty"`         // such as TLS 1.3, where this connection has it
	TLSRequired  bool     `json:"tlsRequired,omitempty"` // it does not start without
	AutoMTLS     Feature  `json:"autoMTLS"`
	Multiplexing *Feature `json:"multiplexing,omitempty"` // GRPCBrokerMultiplex; nil for net/rpc
}

// A Feature is something that a host can ask for.
type Feature struct {
	Supported bool   `json:"supported"`
	Problem   string `json:"problem,omitempty"` // what happens when a host asks for it
}

// Report asks a plugin what it is and serves. To see what it supports, and which of several cookies it knows, it starts the
// plugin a few times more. The error is that of ctx: what the plugin does not answer is part of the report.
func (p *Plugin) Report(ctx context.Context) (*Report, error) {
	r := &Report{
		Path:              p.target.Path,
		Build:             buildOf(p.target.Path),
		StartMilliseconds: float64(p.Took.Microseconds()) / float64(time.Millisecond/time.Microsecond),
		Handshake: Handshake{
			CoreProtocol: plugin.CoreProtocolVersion,
			AppProtocol:  p.NegotiatedVersion(),
			Protocol:     string(plugin.ProtocolNetRPC),
			TLSRequired:  p.plain != nil,
		},
		Services: []Service{},
	}
	if p.conn != nil {
		r.Handshake.Protocol = string(plugin.ProtocolGRPC)
		p.askHealth(ctx, r)
		p.askServices(r)
	}
	p.probe(ctx, r)
	return r, ctx.Err()
}

// askHealth fills in the health and, because every answer shows it, the connection.
func (p *Plugin) askHealth(ctx context.Context, r *Report) {
	ctx, cancel := context.WithTimeout(ctx, p.target.timeout())
	defer cancel()
	var remote peer.Peer
	request := &grpc_health_v1.HealthCheckRequest{Service: plugin.GRPCServiceName}
	response, err := grpc_health_v1.NewHealthClient(p.conn).Check(ctx, request, grpc.Peer(&remote))
	r.Health = response.GetStatus().String()
	if err != nil {
		r.Health = codeName(status.Code(err))
	}
	if remote.Addr != nil {
		r.Handshake.Network = remote.Addr.Network()
	}
	if info, ok := remote.AuthInfo.(credentials.TLSInfo); ok {
		r.Handshake.TLS = tlsVersion(info)
	}
}

// askServices fills in what reflection or the .proto files tell.
func (p *Plugin) askServices(r *Report) {
	services, err := p.services()
	if err != nil {
		r.ReflectionProblem = reflectionProblem(err)
		return
	}
	types := newTypes()
	for _, service := range services {
		switch {
		case isOwn(service.name):
			r.OwnServices = append(r.OwnServices, string(service.name))
			continue
		case service.err != nil:
			r.Services = append(r.Services, Service{Name: string(service.name), Methods: []Method{}, Problem: service.err.Error()})
			continue
		}
		r.Services = append(r.Services, describe(service.descriptor))
		for i := range service.descriptor.Methods().Len() {
			types.add(service.descriptor.Methods().Get(i).Input())
			types.add(service.descriptor.Methods().Get(i).Output())
		}
	}
	r.Messages, r.Enums = types.messages, types.enums
}
