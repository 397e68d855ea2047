package main

import (
	"os"

	"example.com/pulumi-elevenlabs/sdk/go/elevenlabs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func program(ctx *pulumi.Context) error {
	workspace, err := elevenlabs.NewWorkspaceSecrets(ctx, "workspace", &elevenlabs.WorkspaceSecretsArgs{
		Secrets: pulumi.StringMap{"CRM_TOKEN": pulumi.String(os.Getenv("TOKEN"))},
	})
	if err != nil {
		return err
	}
	tokenId := workspace.SecretIds.MapIndex(pulumi.String("CRM_TOKEN"))
	dependents := elevenlabs.GetSecretDependentsOutput(ctx, elevenlabs.GetSecretDependentsOutputArgs{SecretId: tokenId})
	ctx.Export("tokenId", tokenId)
	ctx.Export("dependents", dependents.Dependents())
	return nil
}
