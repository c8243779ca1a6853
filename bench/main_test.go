package bench

import (
	"fmt"
	"os"
	"os/signal"
	"testing"

	"github.com/hashicorp/go-plugin"
)

// TestMain makes this binary the plugin where a host of its own started it, or the parent of a program to measure.
func TestMain(m *testing.M) {
	if name := os.Getenv(servedPeer); name != "" {
		serve(name)
		return
	}
	if program := os.Getenv(measuredProgram); program != "" {
		if err := runForMeasure(program, os.Getenv(measuredInput)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	go killOnInterrupt()
	m.Run()
}

func serve(name string) {
	p, err := findPeer(name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	p.serve()
}

// killOnInterrupt ends the plugins with the host: plugins themselves ignore an interrupt.
func killOnInterrupt() {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	<-interrupts
	plugin.CleanupClients()
	os.Exit(130)
}
