//go:build race

package behaviour

const copySize = 128 << 20 // the race detector makes it slow
