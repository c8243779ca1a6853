// Package bench measures the code that protoc-gen-goplugin emits against the adapters that one writes by hand, and the
// connection options that it sets against go-plugin's defaults. README.md says how to run it and what came out.
//
// All of it is in test files: the test binary is the host, and starts itself as the plugin.
package bench

//go:generate go run ../internal/dev generate
