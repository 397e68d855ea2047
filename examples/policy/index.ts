import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";

/** The type tokens of a `WorkspaceSecret` in the dynamic provider and in the native plugin. */
const SECRET_TYPES = ["pulumi-nodejs:dynamic/elevenlabs:WorkspaceSecret", "elevenlabs:index:WorkspaceSecret"];

/** Shorter strings of the config occur in other values by chance. */
const SHORTEST_PART = 8;

const valuesFromConfig: ResourceValidationPolicy = {
  name: "values-from-config",
  description: "The value of an ElevenLabs secret comes from the stack's config, never from the program's source.",
  enforcementLevel: "mandatory",
  validateResource({ type, props }, reportViolation) {
    if (!SECRET_TYPES.includes(type)) return;
    const value: unknown = props.value;
    const isFromConfig = texts(pulumi.runtime.allConfig()).some(
      (text) => value === text || (text.length >= SHORTEST_PART && String(value).includes(text)),
    );
    if (!isFromConfig) {
      reportViolation(
        "Treat this value as compromised. Set a new one with pulumi config set --secret, and read it with requireSecret.",
      );
    }
  },
};

/** Returns all strings in a value, including strings in objects that the config stores as JSON. */
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
