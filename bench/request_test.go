package bench

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"google.golang.org/protobuf/types/pluginpb"

	"github.com/goplugin-dev/goplugin/internal/compile"
)

// A tree of .proto files as large organisations have them: a few files to a Go package, a service or two to a file.
const (
	servicesPerFile = 2
	filesPerPackage = 5
)

// protoFile is one file of the tree. %[1]d is the number of its package, %[2]d its own.
const protoFile = `syntax = "proto3";

// Package acme.area%[1]d.v1 is what the teams of area %[1]d offer each other.
package acme.area%[1]d.v1;

import "google/protobuf/empty.proto";
import "google/protobuf/timestamp.proto";

option go_package = "example.com/acme/area%[1]d/v1;area%[1]dv1";
`

// protoService is one service with what it needs. %[1]d is its number.
const protoService = `
// Store%[1]d keeps the things of one tenant. It is safe for concurrent use, and an error says which thing was meant.
//
// Names are unique within a tenant; a thing that was deleted can be made again under its name.
service Store%[1]dService {
  // CreateThing makes a new thing and returns it as it is stored, with the times filled in.
  rpc CreateThing%[1]d(CreateThing%[1]dRequest) returns (CreateThing%[1]dResponse);
  // GetThing returns a thing by its name.
  rpc GetThing%[1]d(GetThing%[1]dRequest) returns (Thing%[1]d);
  // DeleteThing deletes a thing. Deleting one that does not exist is no error.
  rpc DeleteThing%[1]d(DeleteThing%[1]dRequest) returns (google.protobuf.Empty);
  // ListThings returns all things whose names begin with a prefix, in the order of their names.
  rpc ListThings%[1]d(ListThings%[1]dRequest) returns (stream Thing%[1]d);
  // ImportThings takes things and returns how many of them were new.
  rpc ImportThings%[1]d(stream Thing%[1]d) returns (ImportThings%[1]dResponse);
}

// Kind%[1]d says what a thing is for.
enum Kind%[1]d {
  KIND%[1]d_UNSPECIFIED = 0; // not given
  KIND%[1]d_TOOL = 1; // it does something
  KIND%[1]d_PART = 2; // it belongs to something
}

// Thing%[1]d is what is stored.
message Thing%[1]d {
  // The name, which never changes.
  string name = 1;
  // What the thing is for.
  Kind%[1]d kind = 2;
  map<string, string> labels = 3; // set by users
  repeated string owners = 4; // set by administrators
  google.protobuf.Timestamp created = 5; // set by the store
  optional int64 size = 6; // in bytes
}

message CreateThing%[1]dRequest {
  // The name, which must be free.
  string name = 1;
  Kind%[1]d kind = 2;
  map<string, string> labels = 3;
}

message CreateThing%[1]dResponse {
  // The thing as it is stored.
  Thing%[1]d thing = 1;
}

message GetThing%[1]dRequest {
  string name = 1;
  google.protobuf.Timestamp as_of = 2; // now, where it is left out
}

message DeleteThing%[1]dRequest {
  string name = 1;
}

message ListThings%[1]dRequest {
  string prefix = 1;
  int32 limit = 2;
}

message ImportThings%[1]dResponse {
  int64 created = 1;
}
`

// generatorRequest returns what protoc would send to a generator for a tree of so many services.
func generatorRequest(services int) (*pluginpb.CodeGeneratorRequest, error) {
	tree := fstest.MapFS{}
	var paths []string
	for first := 0; first < services; first += servicesPerFile {
		file := first / servicesPerFile
		area := file / filesPerPackage
		var text strings.Builder
		fmt.Fprintf(&text, protoFile, area)
		for service := first; service < min(first+servicesPerFile, services); service++ {
			fmt.Fprintf(&text, protoService, service)
		}
		path := fmt.Sprintf("acme/area%d/v1/things%d.proto", area, file)
		tree[path] = &fstest.MapFile{Data: []byte(text.String())}
		paths = append(paths, path)
	}
	return compile.Request(context.Background(), tree, paths, "")
}
