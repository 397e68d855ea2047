import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecret } from "pulumi-elevenlabs";

const crmToken = { name: "CRM_TOKEN", value: new pulumi.Config().requireSecret("crmToken") };

const inGlobal = new WorkspaceSecret("crm-token", crmToken);
const inEu = new WorkspaceSecret("crm-token-eu", { ...crmToken, workspace: "eu" });

export const secretIds = { global: inGlobal.secretId, eu: inEu.secretId };
export const endpoints = { global: inGlobal.endpoint, eu: inEu.endpoint };
