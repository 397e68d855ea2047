// The program of the `Pulumi.yaml` in this folder. Each key under `secrets` in the stack's config becomes a secret of the
// workspace.
import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecrets } from "pulumi-elevenlabs";

const prefix = new pulumi.Config().get("prefix");
const secrets = new WorkspaceSecrets("secrets", { prefix });

/** Maps names to ids, for agents and tools. */
export const secretIds = secrets.secretIds;
