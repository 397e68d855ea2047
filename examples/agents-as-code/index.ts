import { WorkspaceSecrets } from "pulumi-elevenlabs";

/** One secret for each key under `secrets` in the stack's config. The files in `agents` name them. */
export const { secretIds } = new WorkspaceSecrets("secrets");
