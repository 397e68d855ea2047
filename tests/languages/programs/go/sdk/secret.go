package main

import (
	"os"

	"example.com/pulumi-elevenlabs/sdk/go/elevenlabs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func program(ctx *pulumi.Context) error {
	token, err := elevenlabs.NewWorkspaceSecret(ctx, "CRM_TOKEN", &elevenlabs.WorkspaceSecretArgs{
		Name:  pulumi.String("CRM_TOKEN"),
		Value: pulumi.String(os.Getenv("TOKEN")),
	})
	if err != nil {
		return err
	}
	dependents := elevenlabs.GetSecretDependentsOutput(ctx, elevenlabs.GetSecretDependentsOutputArgs{SecretId: token.SecretId})
	ctx.Export("tokenId", token.SecretId)
	ctx.Export("dependents", dependents.Dependents())
	return nil
}
