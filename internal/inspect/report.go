package inspect

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// A Report is what a plugin is and serves.
type Report struct {
	Path              string             `json:"path"`
	StartMilliseconds float64            `json:"startMilliseconds"` // to the first answer
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
	TLS          string   `json:"tls,omitempty"` // such as TLS 1.3, where this connection has it
	AutoMTLS     Feature  `json:"autoMTLS"`
	Multiplexing *Feature `json:"multiplexing,omitempty"` // GRPCBrokerMultiplex; nil for net/rpc
}

// A Feature is something that a host can ask for.
type Feature struct {
	Supported bool   `json:"supported"`
	Problem   string `json:"problem,omitempty"` // what happens when a host asks for it
}

// Report asks a plugin what it is and serves. To see what it supports, it starts the plugin once or twice more. The
// error is that of ctx: what the plugin does not answer is part of the report.
func (p *Plugin) Report(ctx context.Context) (*Report, error) {
	r := &Report{
		Path:              p.target.Path,
		StartMilliseconds: float64(p.Took.Microseconds()) / float64(time.Millisecond/time.Microsecond),
		Handshake: Handshake{
			CoreProtocol: plugin.CoreProtocolVersion,
			AppProtocol:  p.NegotiatedVersion(),
			Protocol:     string(plugin.ProtocolNetRPC),
		},
		Services: []Service{},
	}
	if p.conn != nil {
		r.Handshake.Protocol = string(plugin.ProtocolGRPC)
		p.askHealth(ctx, r)
		p.askServices(r)
	}
	p.probe(ctx, &r.Handshake)
	return r, ctx.Err()
}

// askHealth fills in the health and, because every answer shows it, the connection.
func (p *Plugin) askHealth(ctx context.Context, r *Report) {
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

// askServices fills in what reflection tells.
func (p *Plugin) askServices(r *Report) {
	services, err := p.services()
	if err != nil {
		r.ReflectionProblem = reflectionProblem(err)
		return
	}
	types := newTypes()
	for _, service := range services {
		if isOwn(service.FullName()) {
			r.OwnServices = append(r.OwnServices, string(service.FullName()))
			continue
		}
		r.Services = append(r.Services, describe(service))
		for i := range service.Methods().Len() {
			types.add(service.Methods().Get(i).Input())
			types.add(service.Methods().Get(i).Output())
		}
	}
	r.Messages, r.Enums = types.messages, types.enums
}

func reflectionProblem(err error) string {
	if status.Code(err) == codes.Unimplemented {
		return "it serves no reflection, from which its services would be known"
	}
	return fmt.Sprintf("its reflection fails: %v", err)
}

// services returns all services of a plugin, in the order of its answer, which is sorted for those in Go.
func (p *Plugin) services() ([]protoreflect.ServiceDescriptor, error) {
	names, err := p.reflect.ListServices()
	if err != nil {
		return nil, err
	}
	var services []protoreflect.ServiceDescriptor
	for _, name := range names {
		file, err := p.reflect.FileContainingSymbol(name)
		if err != nil {
			return nil, fmt.Errorf("service %s: %w", name, err)
		}
		service := file.Services().ByName(name.Name())
		if service == nil || service.FullName() != name {
			return nil, fmt.Errorf("service %s: file %s, which should declare it, does not", name, file.Path())
		}
		services = append(services, service)
	}
	return services, nil
}
