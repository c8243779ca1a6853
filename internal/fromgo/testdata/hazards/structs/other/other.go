// Package other has a type of the same name.
package other

// Event is another.
type Event struct{ Text string }

// Place is where.
type Place struct {
	// Lat is in degrees.
	Lat, Long float64
}

// Base is embedded.
type Base struct{ Version int32 }
