package pluginserve_test

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/goplugin-dev/goplugin/internal/testapi/greeterv1"
	"github.com/goplugin-dev/goplugin/pluginserve"
)

// The main of a plugin of generated code, which logs with log/slog.
func Example() {
	config := greeterv1.ServeConfig(greeterv1.PluginSet{Greeter: english{}})
	slog.SetDefault(slog.New(pluginserve.LogHandler(config)))
	pluginserve.Run(config)
}

type english struct{ greeterv1.UnimplementedGreeter }

func (english) Greet(context.Context) (string, error) { return "Hello!", nil }

// A plugin that closes its database when its host is done or gone.
func ExampleOnShutdown() {
	var database *sql.DB
	config := greeterv1.ServeConfig(greeterv1.PluginSet{Greeter: english{}})
	pluginserve.Run(config, pluginserve.OnShutdown(time.Second, func(context.Context) error {
		return database.Close()
	}))
}
