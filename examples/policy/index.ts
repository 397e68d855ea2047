import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";

/** Shorter texts of the config are found in others by chance. */
const TELLING_LENGTH = 8;

const valuesFromConfig: ResourceValidationPolicy = {
  name: "values-from-config",
  description: "The value of an ElevenLabs secret comes from the stack's config, never from the program's text.",
  enforcementLevel: "mandatory",
  validateResource({ type, props }, reportViolation) {
    if (type !== "pulumi-nodejs:dynamic/elevenlabs:WorkspaceSecret") return;
    const value: unknown = props.value;
    const isFromConfig = texts(pulumi.runtime.allConfig()).some(
      (text) => value === text || (text.length >= TELLING_LENGTH && String(value).includes(text)),
    );
    if (!isFromConfig) {
      reportViolation(
        "Set it with pulumi config set --secret, and read it with requireSecret. It is exposed: make a new one.",
      );
    }
  },
};

/** Every text in there, also in the objects that the config holds as JSON. */
function texts(value: unknown): string[] {
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(texts);
  if (typeof value !== "string") return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return [value, ...(typeof parsed === "object" ? texts(parsed) : [])];
  } catch {
    return [value];
  }
}

new PolicyPack("elevenlabs", { policies: [valuesFromConfig] });
