import { WorkspaceSecrets } from "pulumi-elevenlabs";

/** One secret for each key under `secrets` in the stack's config. The files in `agents` refer to the secrets by name. */
export const { secretIds } = new WorkspaceSecrets("secrets");
