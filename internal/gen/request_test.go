package gen

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

// TestSlim holds that only places without a declaration or a comment are left out, and that the caller keeps the request.
func TestSlim(t *testing.T) {
	declaration := &descriptorpb.SourceCodeInfo_Location{Path: []int32{6, 0, 2, 1}}
	commented := &descriptorpb.SourceCodeInfo_Location{Path: []int32{6, 0, 1}, TrailingComments: proto.String("its name")}
	detached := &descriptorpb.SourceCodeInfo_Location{Path: []int32{12}, LeadingDetachedComments: []string{"a licence"}}
	name := &descriptorpb.SourceCodeInfo_Location{Path: []int32{6, 0, 2, 1, 1}}
	request := func(locations ...*descriptorpb.SourceCodeInfo_Location) *pluginpb.CodeGeneratorRequest {
		return &pluginpb.CodeGeneratorRequest{
			FileToGenerate: []string{"a.proto"},
			Parameter:      proto.String("style=flat"),
			ProtoFile: []*descriptorpb.FileDescriptorProto{
				{Name: proto.String("bare.proto")},
				{Name: proto.String("a.proto"), SourceCodeInfo: &descriptorpb.SourceCodeInfo{Location: locations}},
			},
		}
	}
	req := request(declaration, name, commented, detached)
	if diff := cmp.Diff(request(declaration, commented, detached), slim(req), protocmp.Transform()); diff != "" {
		t.Errorf("slim (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(request(declaration, name, commented, detached), req, protocmp.Transform()); diff != "" {
		t.Errorf("the request after slim (-want +got):\n%s", diff)
	}
}
