package main

import (
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type workspaceSecret struct {
	pulumi.CustomResourceState
}

// Uses no SDK: sets the type by its name, and spells the inputs as the schema does.
func program(ctx *pulumi.Context) error {
	inputs := pulumi.Map{"value": pulumi.String(os.Getenv("TOKEN"))}
	var token workspaceSecret
	if err := ctx.RegisterResource("elevenlabs:index:WorkspaceSecret", "CRM_TOKEN", inputs, &token); err != nil {
		return err
	}
	ctx.Export("tokenId", token.ID())
	return nil
}
