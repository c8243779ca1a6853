package calls

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	"golden.test/recorder"
)

// An okError claims to hold the status of success.
type okError struct{}

func (okError) Error() string              { return "not ok" }
func (okError) GRPCStatus() *status.Status { return status.New(codes.OK, "fine") }

// detailed returns a status error with a detail.
func detailed(t *testing.T, code codes.Code, text string, info *errdetails.ErrorInfo) error {
	t.Helper()
	st, err := status.New(code, text).WithDetails(info)
	if err != nil {
		t.Fatal(err)
	}
	return st.Err()
}

// A crossing is an error of an implementation and how it should arrive.
type crossing struct {
	err     error
	text    string
	code    codes.Code
	is      error
	details []any
}

func TestErrorsOfAnImplementation(t *testing.T) {
	someInfo := &errdetails.ErrorInfo{Reason: "SOME", Domain: "elsewhere"}
	details := []any{someInfo}
	notFound := detailed(t, codes.NotFound, "no such key", someInfo)
	aborted := status.Error(codes.Aborted, "try again")
	tests := map[string]crossing{
		"plain":                    {err: errors.New("broken"), text: "broken", code: codes.Unknown},
		"status":                   {err: notFound, text: "no such key", code: codes.NotFound, details: details},
		"wrapped status":           {err: fmt.Errorf("get %q: %w", "k", notFound), text: `get "k": no such key`, code: codes.NotFound, details: details},
		"status wrapped twice":     {err: fmt.Errorf("a: %w", fmt.Errorf("b: %w", notFound)), text: "a: b: no such key", code: codes.NotFound, details: details},
		"joined statuses":          {err: errors.Join(notFound, aborted), text: "no such key\ntry again", code: codes.NotFound, details: details},
		"status without text":      {err: fmt.Errorf("get: %w", status.Error(codes.Aborted, "")), text: "get: Aborted", code: codes.Aborted},
		"only a code":              {err: status.Error(codes.Aborted, ""), text: "Aborted", code: codes.Aborted},
		"status of success":        {err: okError{}, text: "not ok", code: codes.Unknown},
		"wrapped canceled":         {err: fmt.Errorf("work: %w", context.Canceled), text: "work: context canceled", code: codes.Canceled, is: context.Canceled},
		"wrapped deadline":         {err: fmt.Errorf("work: %w", context.DeadlineExceeded), text: "work: context deadline exceeded", code: codes.DeadlineExceeded, is: context.DeadlineExceeded},
		"wrapped unsupported":      {err: fmt.Errorf("work: %w", errors.ErrUnsupported), text: "work: unsupported operation", code: codes.Unimplemented, is: errors.ErrUnsupported},
		"status unimplemented":     {err: status.Error(codes.Unimplemented, "not here"), text: "not here", code: codes.Unimplemented, is: errors.ErrUnsupported},
		"text like a status":       {err: errors.New("it said: rpc error: code = Aborted"), text: "it said: rpc error: code = Aborted", code: codes.Unknown},
		"percent signs":            {err: errors.New("100% of %s"), text: "100% of %s", code: codes.Unknown},
		"text of several lines, 🙂": {err: errors.New("first\nsecond 🙂"), text: "first\nsecond 🙂", code: codes.Unknown},
	}
	forEachService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		client, _ := connect(t, s.Plugin(implementation))
		for name, test := range tests {
			for _, m := range s.Methods {
				for _, failure := range failures(m, test.err) {
					implementation.Return(failure)
					_, err := call(t.Context(), client, m.Name)
					if !skipsBrokenRequest(err) {
						test.check(t, m.Name+": "+name, err)
					}
				}
			}
		}
	})
}

// failures returns the outcomes in which a method ends with an error: at once and, if it hands out a reader, also in
// the middle of that.
func failures(m recorder.Method, err error) []recorder.Outcome {
	list := []recorder.Outcome{{Err: err}}
	if m.Bytes && m.ServerStream {
		list = append(list, recorder.Outcome{Results: []any{[]byte("half")}, Err: err})
	}
	return list
}

// check compares what a caller got with what should arrive.
func (c crossing) check(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil || err.Error() != c.text {
		t.Fatalf("%s: error %v, want %q", name, err, c.text)
	}
	wrapped := fmt.Errorf("host: %w", err)
	if status.Code(wrapped) != c.code {
		t.Errorf("%s: code %v, want %v", name, status.Code(wrapped), c.code)
	}
	for _, target := range []error{context.Canceled, context.DeadlineExceeded, errors.ErrUnsupported} {
		if got, want := errors.Is(wrapped, target), target == c.is; got != want {
			t.Errorf("%s: errors.Is(err, %v) is %v, want %v", name, target, got, want)
		}
	}
	if diff := cmp.Diff(c.details, status.Convert(wrapped).Details(), protocmp.Transform(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: details differ (-want +got):\n%s", name, diff)
	}
}

// skipsBrokenRequest reports whether a call did not get through because its zero request lacks a required message.
func skipsBrokenRequest(err error) bool {
	return err != nil && strings.Contains(err.Error(), "required field") && status.Code(err) == codes.Internal
}

func TestSentinels(t *testing.T) {
	declared := 0
	forEachService(t, func(t *testing.T, s recorder.Service) {
		implementation := new(recorder.Implementation)
		client, _ := connect(t, s.Plugin(implementation))
		for _, sentinel := range s.Sentinels {
			declared++
			for _, m := range s.Methods {
				checkSentinel(t, client, implementation, m, sentinel, s.Sentinels)
			}
		}
	})
	if declared == 0 {
		t.Error("no golden declares an error")
	}
}

func checkSentinel(t *testing.T, client any, implementation *recorder.Implementation, m recorder.Method, sentinel recorder.Sentinel, all []recorder.Sentinel) {
	t.Helper()
	info := &errdetails.ErrorInfo{Reason: sentinel.Reason, Domain: sentinel.Domain}
	elsewhere := &errdetails.ErrorInfo{Reason: sentinel.Reason, Domain: "elsewhere"}
	tests := map[string]struct {
		err        error
		is         bool
		code, text string
	}{
		"itself":                 {sentinel.Err, true, sentinel.Code, sentinel.Err.Error()},
		"wrapped":                {fmt.Errorf("get %q: %w", "k", sentinel.Err), true, sentinel.Code, `get "k": ` + sentinel.Err.Error()},
		"beside a status":        {fmt.Errorf("%w: %w", status.Error(codes.DataLoss, "lost"), sentinel.Err), true, "DataLoss", "lost: " + sentinel.Err.Error()},
		"of another language":    {detailed(t, codes.OutOfRange, "away", info), true, "OutOfRange", "away"},
		"of another domain":      {detailed(t, codes.OutOfRange, "away", elsewhere), false, "OutOfRange", "away"},
		"of the same text alone": {errors.New(sentinel.Err.Error()), false, "Unknown", sentinel.Err.Error()},
	}
	for name, test := range tests {
		for _, failure := range failures(m, test.err) {
			implementation.Return(failure)
			_, err := call(t.Context(), client, m.Name)
			wrapped := fmt.Errorf("host: %w", err)
			if errors.Is(wrapped, sentinel.Err) != test.is {
				t.Errorf("%s: errors.Is(%v, %v) is %v", name, wrapped, sentinel.Err, !test.is)
			}
			if got := status.Code(wrapped).String(); got != test.code || err.Error() != test.text {
				t.Errorf("%s: %s %q, want %s %q", name, got, err, test.code, test.text)
			}
			for _, other := range all {
				if other.Err != sentinel.Err && errors.Is(wrapped, other.Err) {
					t.Errorf("%s: %v is also %v", name, wrapped, other.Err)
				}
			}
		}
	}
}

func TestCallersContext(t *testing.T) {
	forEachService(t, func(t *testing.T, s recorder.Service) {
		client, _ := connect(t, s.Plugin(new(recorder.Implementation)))
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Hour))
		defer cancel()
		for _, m := range s.Methods {
			if _, err := call(canceled, client, m.Name); !errors.Is(err, context.Canceled) || err.Error() != "context canceled" {
				t.Errorf("%s: canceled: %v", m.Name, err)
			}
			if _, err := call(late, client, m.Name); !errors.Is(err, context.DeadlineExceeded) || err.Error() != "context deadline exceeded" {
				t.Errorf("%s: late: %v", m.Name, err)
			}
		}
	})
}

func TestUnimplemented(t *testing.T) {
	forEachService(t, func(t *testing.T, s recorder.Service) {
		for what, p := range map[string]recorder.Plugin{"is not implemented": s.Unimplemented, "its Impl is nil": s.Plugin(nil)} {
			client, _ := connect(t, p)
			for _, m := range s.Methods {
				_, err := call(t.Context(), client, m.Name)
				if skipsBrokenRequest(err) {
					continue
				}
				if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), what) || !strings.HasPrefix(err.Error(), m.Path) {
					t.Errorf("%s: %v, want %s ... %s", m.Name, err, m.Path, what)
				}
			}
		}
	})
}

// captureStderr sends the test's stderr to a file, until the connections that the test opens later are closed, and
// returns a function that reads it.
func captureStderr(t *testing.T) func() string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "stderr")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	original := os.Stderr
	os.Stderr = file
	t.Cleanup(func() {
		os.Stderr = original
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return func() string {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

func TestPanicAndNilResponse(t *testing.T) {
	forEachService(t, func(t *testing.T, s recorder.Service) {
		stderr := captureStderr(t)
		implementation := new(recorder.Implementation)
		client, _ := connect(t, s.Plugin(implementation))
		for _, m := range s.Methods {
			implementation.Return(recorder.Outcome{Panic: "oh no"})
			_, err := call(t.Context(), client, m.Name)
			if skipsBrokenRequest(err) {
				continue
			}
			if status.Code(err) != codes.Internal || err.Error() != "panic in "+m.Path+": oh no" {
				t.Errorf("%s: panic: %v", m.Name, err)
			}
			if trace := stderr(); !strings.Contains(trace, "panic: oh no [in "+m.Path+"]") || !strings.Contains(trace, "goroutine ") {
				t.Errorf("%s: no stack on stderr: %q", m.Name, trace)
			}
			missing := "response"
			switch {
			case m.Bytes && m.ServerStream:
				missing = "reader"
			case !m.WholeResponse || m.ServerStream || m.ClientStream:
				continue
			}
			implementation.Return(recorder.Outcome{})
			_, err = call(t.Context(), client, m.Name)
			if status.Code(err) != codes.Internal || err.Error() != m.Path+" returned neither a "+missing+" nor an error" {
				t.Errorf("%s: nil %s: %v", m.Name, missing, err)
			}
		}
	})
}
