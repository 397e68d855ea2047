import * as pulumi from "@pulumi/pulumi";
import { configPath, shellWord } from "../../provider/pulumi/configPath.js";
import { isSecretConfig } from "./secretsFromConfig.js";
import { plainKeysOfStackFile } from "./stackFile.js";

/**
 * Refuses an API key that was set without `--secret`. The engine copies the provider's config into the state as it is, so
 * this must come before the first resource is registered.
 */
export function refusePlainKeys(): void {
  if (isPlain("elevenlabs:apiKey", () => true)) {
    throw new pulumi.RunError(
      "elevenlabs:apiKey is set in plain text, and would reach the state so.\n" +
        "Set it as a secret, and take the plain one for known to others: pulumi config set --secret elevenlabs:apiKey",
    );
  }
  if (isPlain("elevenlabs:workspaces", (text) => text.includes('"apiKey"'))) {
    throw new pulumi.RunError(
      "elevenlabs:workspaces holds API keys in plain text, which would reach the state so.\n" +
        "Set each as a secret: pulumi config set --secret --path 'elevenlabs:workspaces.NAME.apiKey'",
    );
  }
  // The state is safe from these, as the engine encrypts an object of which any part is secret.
  const [plain] = isSecretConfig("elevenlabs:workspaces")
    ? plainKeysOfStackFile("elevenlabs:workspaces", "apiKey")
    : [];
  if (plain !== undefined) {
    const path = configPath("elevenlabs:workspaces", plain, "apiKey");
    throw new pulumi.RunError(
      `${path} is set in plain text, which the stack's file shows.\n` +
        `Set it as a secret, and take the plain one for known to others: pulumi config set --secret --path ${shellWord(path)}`,
    );
  }
}

function isPlain(key: string, holdsKey: (text: string) => boolean): boolean {
  const text = pulumi.runtime.getConfig(key);
  return text !== undefined && !isSecretConfig(key) && holdsKey(text);
}
