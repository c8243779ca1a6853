// Package interop holds the tests of the generated glue against what others wrote: go-plugin's own examples, the
// .proto files inside public Go modules, and a Terraform provider. All of it comes from the Go module proxy at the
// versions and checksums of testdata/modules.sum; nothing of it is kept in this repository.
//
// testdata/user is the module of somebody who uses goplugin. The tests generate into copies of it. It requires what
// generated code may import and nothing of goplugin's own.
package interop
