package inspect

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/pluginhost"
)

// call calls a method of the test service and returns its responses.
func call(t *testing.T, p *Plugin, method, requests string) ([]string, error) {
	t.Helper()
	descriptor, err := p.Method("TestService/" + method)
	if err != nil {
		t.Fatal(err)
	}
	var responses []string
	err = p.Call(t.Context(), descriptor, strings.NewReader(requests), CallOptions{}, func(response json.RawMessage) error {
		responses = append(responses, string(response))
		return nil
	})
	return responses, err
}

func TestCall(t *testing.T) {
	p := start(t, target(t, "serve"))
	body := func(base64 string) string { return `{"payload":{"type":"COMPRESSABLE","body":"` + base64 + `"}}` }
	echo := func(base64 string) string { return strings.TrimSuffix(body(base64), "}") + `,"peerSocketAddress":""}` }
	for name, tt := range map[string]struct {
		method, requests string
		want             []string
		wrong            string // in the error
	}{
		"unary": {method: "UnaryCall", requests: `{"payload": {"body": "YQ=="}}`,
			want: []string{`{"payload":{"type":"COMPRESSABLE","body":"YQ=="},"username":"","oauthScope":"","serverId":"","grpclbRouteType":"GRPCLB_ROUTE_TYPE_UNKNOWN","hostname":""}`}},
		"no request is an empty one": {method: "UnaryCall", requests: " \n",
			want: []string{`{"username":"","oauthScope":"","serverId":"","grpclbRouteType":"GRPCLB_ROUTE_TYPE_UNKNOWN","hostname":""}`}},
		"server stream": {method: "StreamingOutputCall", requests: `{"responseParameters": [{"size": 1}, {"size": 0}]}`,
			want: []string{echo("AA=="), echo("")}},
		"an error in a server stream": {method: "StreamingOutputCall", requests: `{"responseParameters": [{"size": 1}, {"size": 99}]}`,
			want: []string{echo("AA==")}, wrong: "grpc.testing.TestService/StreamingOutputCall: DATA_LOSS: no 99"},
		"client stream":              {method: "StreamingInputCall", requests: "{\"payload\":{\"body\":\"YWI=\"}}\n{}{\"payload\":{\"body\":\"YQ==\"}}", want: []string{`{"aggregatedPayloadSize":3}`}},
		"an empty client stream":     {method: "StreamingInputCall", want: []string{`{"aggregatedPayloadSize":0}`}},
		"bidirectional stream":       {method: "FullDuplexCall", requests: body("YQ==") + body("Yg=="), want: []string{echo("YQ=="), echo("Yg==")}},
		"the plugin ends the stream": {method: "FullDuplexCall", requests: body("YQ==") + "{}" + body("Yg=="), want: []string{echo("YQ==")}},
		"a field that is not there":  {method: "UnaryCall", requests: `{"payloat": {}}`, wrong: `request 1: unknown field "payloat" of message grpc.testing.SimpleRequest: did you mean payload?`},
		"a field that is not there in a field": {method: "StreamingOutputCall", requests: `{"payload": {}, "responseParameters": [{}, {"sice": 1}]}`,
			wrong: `unknown field "responseParameters[1].sice" of message grpc.testing.ResponseParameters: did you mean size?`},
		"a value of another type":       {method: "UnaryCall", requests: `{"responseSize": "many"}`, wrong: `expected JSON of grpc.testing.SimpleRequest, such as {"responseType": "COMPRESSABLE"`},
		"no JSON":                       {method: "UnaryCall", requests: `{"payload`, wrong: "request 1: unexpected EOF"},
		"two requests of a unary":       {method: "UnaryCall", requests: `{}{}`, wrong: "takes one request, and more than one was given"},
		"no JSON at the end of a unary": {method: "UnaryCall", requests: `{}}`, wrong: "request 2: invalid character"},
		"no JSON within a stream":       {method: "StreamingInputCall", requests: `{} nonsense`, wrong: "request 2: invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := call(t, p, tt.method, tt.requests)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %s\nexpected %s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("the error is %v, expected %q", err, tt.wrong)
			}
		})
	}
}

// TestCallHeader holds that metadata reaches the plugin: text, several values, and bytes.
func TestCallHeader(t *testing.T) {
	p := start(t, target(t, "serve"))
	method, err := p.Method("grpc.testing.TestService.UnaryCall")
	if err != nil {
		t.Fatal(err)
	}
	header := metadata.MD{}
	for _, text := range []string{"User=ada", "user=a=b", "user-bin=Y29kZQ=="} {
		if err := ParseHeader(header, text); err != nil {
			t.Fatal(err)
		}
	}
	err = p.Call(t.Context(), method, strings.NewReader(""), CallOptions{Header: header}, func(response json.RawMessage) error {
		if !strings.Contains(string(response), `"username":"ada,a=b,code"`) {
			t.Errorf("got %s", response)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, text := range []string{"", "user", "=ada", "us er=ada", "user-bin=%"} {
		if err := ParseHeader(header, text); err == nil {
			t.Errorf("%q: expected an error", text)
		}
	}
}

// TestSchema holds that .proto files do for a plugin that has no reflection.
func TestSchema(t *testing.T) {
	request := &pluginpb.CodeGeneratorRequest{FileToGenerate: []string{testpb.File_grpc_testing_test_proto.Path()}}
	for _, file := range []protoreflect.FileDescriptor{testpb.File_grpc_testing_empty_proto, testpb.File_grpc_testing_messages_proto, testpb.File_grpc_testing_test_proto} {
		request.ProtoFile = append(request.ProtoFile, protodesc.ToFileDescriptorProto(file))
	}
	schema, err := NewSchema(request)
	if err != nil {
		t.Fatal(err)
	}
	described := target(t, "no reflection")
	described.Schema = schema
	p := start(t, described)
	got, err := call(t, p, "StreamingInputCall", `{"payload":{"body":"YWI="}}`)
	if err != nil || !slices.Equal(got, []string{`{"aggregatedPayloadSize":2}`}) {
		t.Errorf("got %v, %v", got, err)
	}
	if r, err := p.Report(t.Context()); err != nil || r.ReflectionProblem != "" || r.Services[0].Name != "grpc.testing.TestService" || len(r.Messages) == 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// TestCallError holds code, text and details; also of a message that nobody knows.
func TestCallError(t *testing.T) {
	p := start(t, target(t, "serve"))
	_, err := call(t, p, "UnaryCall", `{"responseStatus": {"code": 5, "message": "no apples"}}`)
	want := `grpc.testing.TestService/UnaryCall: NOT_FOUND: no apples
  detail: {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"GONE","domain":"test","metadata":{}}
  detail: {"@type":"example.com/unknown.Message","value":"YWJj"}`
	e, ok := errors.AsType[*CallError](err)
	if !ok || e.Code != codes.NotFound || err.Error() != want {
		t.Errorf("got %v\nexpected %s", err, want)
	}
	if problem := ProblemOf(err); problem.Code != "NOT_FOUND" || problem.Message != "no apples" || len(problem.Details) != 2 {
		t.Errorf("for programs: %+v", problem)
	}
}

// TestCallIsPrompt holds that a response is there before the next request is.
func TestCallIsPrompt(t *testing.T) {
	p := start(t, target(t, "serve"))
	method, err := p.Method("TestService/FullDuplexCall")
	if err != nil {
		t.Fatal(err)
	}
	requests, write := io.Pipe()
	go func() { _, _ = io.WriteString(write, `{"payload": {}}`) }()
	responses := 0
	err = p.Call(t.Context(), method, requests, CallOptions{}, func(json.RawMessage) error {
		if responses++; responses == 3 {
			return write.Close()
		}
		go func() { _, _ = io.WriteString(write, `{"payload": {}}`) }()
		return nil
	})
	if err != nil || responses != 3 {
		t.Errorf("%d responses and %v", responses, err)
	}
}

// TestCallEnds holds that a call ends with its context, and with whom the responses are for.
func TestCallEnds(t *testing.T) {
	p := start(t, target(t, "serve"))
	method, err := p.Method("TestService/FullDuplexCall")
	if err != nil {
		t.Fatal(err)
	}
	requests, write := io.Pipe()
	defer write.Close()
	go func() { _, _ = io.WriteString(write, `{"payload": {}}`) }()
	ctx, cancel := context.WithCancel(t.Context())
	err = p.Call(ctx, method, requests, CallOptions{}, func(json.RawMessage) error {
		cancel()
		return nil
	})
	if e, ok := errors.AsType[*CallError](err); !ok || e.Code != codes.Canceled {
		t.Errorf("got %v, expected CANCELLED", err)
	}
	broken := errors.New("broken pipe")
	err = p.Call(t.Context(), method, strings.NewReader(`{"payload": {}}`), CallOptions{}, func(json.RawMessage) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v, expected that of the output", err)
	}
}

// TestCallWithoutRequest holds that a call ends with its context also while its request is awaited.
func TestCallWithoutRequest(t *testing.T) {
	p := start(t, target(t, "serve"))
	method, err := p.Method("TestService/UnaryCall")
	if err != nil {
		t.Fatal(err)
	}
	requests, write := io.Pipe()
	defer write.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = io.WriteString(write, `{"payload"`)
		cancel()
	}()
	err = p.Call(ctx, method, requests, CallOptions{}, func(json.RawMessage) error { return nil })
	if e, ok := errors.AsType[*CallError](err); !ok || e.Code != codes.Canceled {
		t.Errorf("got %v, expected CANCELLED", err)
	}
}

// TestCallOfDead holds that the death of the plugin is told from its errors.
func TestCallOfDead(t *testing.T) {
	p := start(t, target(t, "serve"))
	method, err := p.Method("TestService/FullDuplexCall")
	if err != nil {
		t.Fatal(err)
	}
	requests, write := io.Pipe()
	defer write.Close()
	go func() { _, _ = io.WriteString(write, `{"payload": {}}`) }()
	err = p.Call(t.Context(), method, requests, CallOptions{}, func(json.RawMessage) error { return killed(p.PID()) })
	if !errors.Is(err, pluginhost.ErrPluginDied) {
		t.Errorf("got %v, expected ErrPluginDied", err)
	}
}

// TestCallRemedy holds what is said to do where the application does not say it.
func TestCallRemedy(t *testing.T) {
	deadline, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for name, tt := range map[string]struct {
		ctx     context.Context
		request string
		want    string
	}{
		"it panics over what is left out":       {t.Context(), `{"responseSize": 77}`, "it may expect what the request leaves out, which can be {}: payload, responseCompressed, responseStatus, expectCompressed, orcaPerQueryReport"},
		"it panics over something else":         {t.Context(), `{"responseSize": 77, "payload": {}, "responseStatus": {}, "orcaPerQueryReport": {}, "responseCompressed": {}, "expectCompressed": {}}`, "look at its output"},
		"it waits for a connection of its host": {t.Context(), `{"responseStatus": {"code": 5, "message": "timeout waiting for connection info"}}`, "and none is offered here"},
		"it takes its time":                     {deadline, `{"fillServerId": true}`, "give it more time with --timeout"},
		"an error of its own":                   {t.Context(), `{"responseStatus": {"code": 5, "message": "no apples"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, target(t, "serve"))
			method, err := p.Method("TestService/UnaryCall")
			if err != nil {
				t.Fatal(err)
			}
			err = p.Call(tt.ctx, method, strings.NewReader(tt.request), CallOptions{}, func(json.RawMessage) error { return nil })
			e, ok := errors.AsType[*CallError](err)
			if !ok || !strings.HasSuffix(e.Remedy, tt.want) || tt.want == "" && e.Remedy != "" {
				t.Errorf("got %v, expected to do: %q", err, tt.want)
			}
			if problem := ProblemOf(err); errors.Is(err, pluginhost.ErrPluginDied) && (problem.ExitCode == nil || *problem.ExitCode != 2 || !strings.Contains(strings.Join(problem.Stderr, "\n"), "panic: 77")) {
				t.Errorf("for programs: %+v", problem)
			}
		})
	}
}

// killed kills a process.
func killed(pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return process.Kill()
}
