import { WorkspaceSecrets } from "pulumi-elevenlabs";

/** One secret for each key under `secrets` in the stack's config. */
export const { secretIds } = new WorkspaceSecrets("secrets");
