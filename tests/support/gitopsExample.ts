import { commandsOf, type Example, openExample } from "./exampleProject";

/** The example, and the variables that a CI system stores for its jobs: a job gets only what its file passes to it. */
export async function openGitops(): Promise<{ example: Example; kept: Record<string, string> }> {
  const example = await openExample("gitops");
  const { PULUMI_BACKEND_URL = "", ELEVENLABS_API_KEY = "" } = example.env;
  const kept = {
    PULUMI_BACKEND_URL,
    PULUMI_CONFIG_PASSPHRASE: "passphrase",
    ELEVENLABS_API_KEY,
    GITLAB_TOKEN: "glpat",
  };
  const ofTests = ["PULUMI_SKIP_CONFIRMATIONS", "PULUMI_OPTION_SKIP_PREVIEW", "PULUMI_OPTION_SECRETS_PROVIDER"];
  for (const name of [...Object.keys(kept), ...ofTests]) delete example.env[name];
  return { example, kept };
}

/** Creates the example's stack with the commands in its README. `value` becomes the value of the secret BILLING_TOKEN. */
export async function makeGitopsStack(example: Example, kept: Record<string, string>, value: string): Promise<void> {
  for (const command of await commandsOf("gitops")) await example.run(command, { input: value, env: kept });
}
