import * as pulumi from "@pulumi/pulumi";
import { WorkspaceSecrets } from "pulumi-elevenlabs";

/** The stacks share a workspace, so the names of each stack's secrets start with the stack's name. */
const prefix = new pulumi.Config().get("prefix") ?? `${pulumi.getStack()}_`;

/** One secret for each key under `secrets` in the stack's config. */
export const { secretIds } = new WorkspaceSecrets("secrets", { prefix });
