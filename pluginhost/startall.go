package pluginhost

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"sync"

	"github.com/hashicorp/go-plugin"
)

// A Spec is one plugin for StartAll: what Start takes.
type Spec struct {
	Config  *plugin.ClientConfig
	Command *exec.Cmd
	Options []Option
}

// StartAll starts plugins side by side, at most two at a time for each processor. It returns a Plugin for each of the
// specs, in their order, nil for one that did not start, and all the errors, each a *StartError, joined. So one broken
// plugin does not stop an application: those that run are to be closed also after an error. Closing a nil Plugin does
// nothing.
func StartAll(ctx context.Context, specs ...Spec) ([]*Plugin, error) {
	plugins := make([]*Plugin, len(specs))
	errs := make([]error, len(specs))
	slots := make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	var starts sync.WaitGroup
	for i, spec := range specs {
		starts.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			plugins[i], errs[i] = Start(ctx, spec.Config, spec.Command, spec.Options...)
		})
	}
	starts.Wait()
	return plugins, errors.Join(errs...)
}
