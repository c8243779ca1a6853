module example.com/counter/app

go 1.26.0

require (
	github.com/goplugin-dev/goplugin v0.0.0-00010101000000-000000000000
	github.com/hashicorp/go-plugin v1.8.0
	google.golang.org/protobuf v1.36.12
	example.com/counter/sdk v0.1.0
)

replace github.com/goplugin-dev/goplugin => ../../..
