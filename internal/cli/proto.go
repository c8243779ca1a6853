package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/goplugin-dev/goplugin/internal/scaffold"
)

// protoOptions are those of the commands that take an API as .proto files.
type protoOptions struct{ protos, protoPath []string }

// addProtoFlags adds the flags; usage says what the files are for.
func (o *protoOptions) addProtoFlags(cmd *cobra.Command, usage string) {
	cmd.Flags().StringArrayVar(&o.protos, "proto", nil, usage+"; repeatable")
	cmd.Flags().StringArrayVarP(&o.protoPath, "proto-path", "I", nil, "a directory in which .proto files look up their imports; repeatable (default the one above the --proto files in which their imports are found)")
	_ = cmd.MarkFlagFilename("proto", "proto") // fails only for a flag that is not defined
	_ = cmd.MarkFlagDirname("proto-path")
}

// checkProtos refuses directories for the imports of no file.
func (o *protoOptions) checkProtos() error {
	if len(o.protoPath) > 0 && len(o.protos) == 0 {
		return errors.New("--proto-path: expected --proto FILE beside it, whose imports are looked up there")
	}
	return nil
}

// findAPI returns the API of the files.
func (o *protoOptions) findAPI() (*scaffold.API, error) {
	return scaffold.FindAPI(o.protos, o.protoPath)
}
