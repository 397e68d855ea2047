import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecret } from "pulumi-elevenlabs";
import { Tool } from "./tool";

const config = new pulumi.Config();

const token = new WorkspaceSecret("crm-token", {
  name: `CRM_TOKEN_${config.get("version") ?? 1}`,
  value: config.requireSecret("crmToken"),
});

const tool = new Tool("crm-tool", {
  endpoint: token.endpoint,
  name: "look_up_customer",
  description: "Looks up a customer in the CRM",
  url: "https://crm.example.com/customer",
  requestHeaders: { Authorization: token.reference },
});

export const toolId = tool.id;
export const tokenId = token.secretId;
