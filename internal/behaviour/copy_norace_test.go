//go:build !race

package behaviour

const copySize = 1 << 30
