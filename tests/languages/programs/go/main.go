// Runs the program in the file next to this file with the Automation API: `main up [--expect-no-changes]`, `main preview`, `main destroy`.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

func run(ctx context.Context, operation string, isChangeExpected bool) error {
	project := workspace.Project{
		Name:    tokens.PackageName("inline"),
		Runtime: workspace.NewProjectRuntimeInfo("go", nil),
		Plugins: &workspace.Plugins{
			Providers: []workspace.PluginOptions{{Name: "elevenlabs", Path: os.Getenv("PLUGIN_FOLDER")}},
		},
	}
	stack, err := auto.UpsertStackInlineSource(ctx, "dev", "inline", program, auto.WorkDir("."), auto.Project(project))
	if err != nil {
		return err
	}
	switch operation {
	case "up":
		options := []optup.Option{optup.ProgressStreams(os.Stdout)}
		if !isChangeExpected {
			options = append(options, optup.ExpectNoChanges())
		}
		_, err = stack.Up(ctx, options...)
	case "preview":
		_, err = stack.Preview(ctx, optpreview.Diff(), optpreview.ProgressStreams(os.Stdout))
	case "destroy":
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stdout))
	default:
		err = fmt.Errorf("unknown operation %q", operation)
	}
	return err
}

func main() {
	if err := run(context.Background(), os.Args[1], len(os.Args) == 2); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
