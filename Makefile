# The same commands as in the README and CI, for those who type make.
.PHONY: all quickstart test lint generate bench

all: test

quickstart:
	go run ./internal/dev quickstart

test:
	go run ./internal/dev test

# golangci-lint with .golangci.yml; the gate runs staticcheck, which is one of its linters.
lint:
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

# Renew the generated code that is checked in, and the expectations under testdata/golden.
generate:
	go run ./internal/dev generate
	go test ./internal/gen -run Golden -update

# Measure generated against hand-written adapters: bench/README.md.
bench:
	go run ./bench/cmd/compare
