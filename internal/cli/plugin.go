package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// pluginOptions are those of "goplugin-new plugin".
type pluginOptions struct {
	writing
	scaffold.AloneOptions
	protoOptions
	language string
}

func pluginCommand(stdout io.Writer) *cobra.Command {
	o := &pluginOptions{writing: writing{stdout: stdout}}
	cmd := &cobra.Command{
		Use:   "plugin NAME --sdk MODULE[@VERSION]",
		Short: "Create a plugin in a project of its own, against a published SDK",
		Long: `plugin creates a plugin for a program that somebody else wrote: a Go module that needs only the SDK of that program,
with every method ready to be filled in. The go command downloads the SDK; one that is not published yet is given by its
directory. In another language, the plugin is made from .proto files: those that --proto gives, or those in the module of
the SDK. Nothing of that language is needed to create it.`,
		Example: `  goplugin-new plugin greeter-german --sdk github.com/you/greeter
  goplugin-new plugin greeter-german --sdk github.com/you/greeter@v1.2.0 --module github.com/me/greeter-german
  goplugin-new plugin greeter-python --lang python --sdk github.com/you/greeter
  goplugin-new plugin greeter-python --lang python --proto-path greeter/proto --proto greeter/proto/greeter/v1/greeter.proto`,
		Args:              o.checkArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              runE(o.run),
	}
	o.addFlags(cmd)
	o.addGitFlag(cmd)
	cmd.Flags().StringVar(&o.SDK, "sdk", "", "Go module of the SDK, with @VERSION or the latest; or its directory, such as ../greeter")
	cmd.Flags().StringVar(&o.Package, "package", "", "Go package of the SDK, by its name or import path, if there are several")
	cmd.Flags().StringVar(&o.Module, "module", "", "path of the plugin's Go module (default example.com/NAME)")
	cmd.Flags().StringVar(&o.Dir, "dir", "", "directory to create the project in; must not exist or be empty (default ./NAME)")
	addLanguageFlag(cmd, &o.language)
	o.addProtoFlags(cmd, "a .proto file whose services the plugin serves, or a directory of them, for another language than Go")
	_ = cmd.MarkFlagDirname("dir") // fails only for a flag that is not defined
	return cmd
}

func (o *pluginOptions) run(ctx context.Context, args []string) error {
	o.Name = args[0]
	if o.Dir == "" {
		o.Dir = o.Name
	}
	if !o.force {
		if err := scaffold.CheckEmpty(o.Dir); err != nil {
			return err
		}
	}
	plan, err := o.plan(ctx)
	if err != nil {
		return err
	}
	return o.create(ctx, plan, o.Dir)
}

// checkArgs expects a name, and an SDK or .proto files.
func (o *pluginOptions) checkArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.ExactArgs(1)(cmd, args); err != nil {
		return err
	}
	switch {
	case o.language == languageGo && len(o.protos) > 0:
		return errors.New("a plugin in Go is made from an SDK: expected --sdk MODULE, found --proto; --lang says which other language is meant")
	case o.language == languageGo && o.SDK == "":
		return errors.New("expected --sdk MODULE, the Go module of the SDK")
	case o.language != languageGo && (o.SDK == "") == (len(o.protos) == 0):
		return fmt.Errorf("a plugin in %s is made from .proto files: expected --proto FILE, or --sdk MODULE of a Go module that has them", o.language)
	}
	return o.checkProtos()
}

// plan returns the plan of the plugin: from an SDK in Go, from .proto files in another language.
func (o *pluginOptions) plan(ctx context.Context) (*scaffold.Plan, error) {
	if o.language == languageGo {
		return scaffold.Alone(ctx, o.AloneOptions)
	}
	api, err := o.api(ctx)
	if err != nil {
		return nil, err
	}
	return scaffold.ForeignPlugin(ctx, scaffold.ForeignOptions{Name: o.Name, Language: o.language, Sources: api.Sources, Files: api.Files})
}

// api returns the .proto files that were given, or those of the SDK.
func (o *pluginOptions) api(ctx context.Context) (*scaffold.API, error) {
	if o.SDK != "" {
		return scaffold.SDKAPI(ctx, o.SDK, o.Package)
	}
	return o.findAPI()
}

// languageGo is the language of plugins without --lang.
const languageGo = "go"

// addLanguageFlag adds the flag of the commands that create a plugin.
func addLanguageFlag(cmd *cobra.Command, language *string) {
	*language = languageGo
	languages := append([]string{languageGo}, scaffold.ForeignLanguages()...)
	cmd.Flags().Var(&choice{language, languages}, "lang", "language of the plugin: "+strings.Join(languages, " or ")+" (default go)")
	_ = cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(languages, cobra.ShellCompDirectiveNoFileComp)) // as above
}
