import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecrets } from "pulumi-elevenlabs";

const config = new pulumi.Config();
const workspace = new WorkspaceSecrets("workspace", {
  secrets: { CRM_TOKEN: config.requireSecret("crmToken") },
});

export const secretIds = workspace.secretIds;
