import { createHash } from "node:crypto";
import { isSecretType } from "../hosts/typeTokens.js";
import { SIGNATURE } from "../pulumi/signature.js";
import { logicalNameOf } from "../pulumi/urn.js";
import type { Stranger } from "./store.js";

/** A resource of the state, as the engine sends it to a program: without its id. */
export interface StateResource {
  type: string;
  outputs?: Record<string, unknown>;
}

/** A stranger before it is shared, with the strings from its outputs. */
export type FoundStranger = Omit<Stranger, "wordDigests"> & { words: string[] };

/** Types of resources that may manage an ElevenLabs secret without naming it in their type. */
const MAY_MANAGE_SECRETS = /^pulumi-\w+:dynamic|elevenlabs/i;
/** Resources whose outputs are scripts and the output of these scripts. */
const COMMAND = /^command:/;

/**
 * Returns the resources of other providers that may have created a secret of the workspace. For most types, only the output
 * `id` is compared, because another vendor's secret can have the same name.
 */
export function strangersIn(resources: Record<string, StateResource>): FoundStranger[] {
  const urns = Object.keys(resources);
  const components = new Set(urns.flatMap((urn) => typesIn(urn).slice(0, -1)));
  return urns.flatMap((urn) => {
    const { type, outputs = {} } = resources[urn] as StateResource;
    if (isSecretType(type) || type.startsWith("pulumi:") || components.has(type)) return [];
    const id = typeof outputs.id === "string" ? outputs.id : undefined;
    const words = [...new Set(wordsOf(type, outputs))];
    return id === undefined && words.length === 0 ? [] : [{ resource: logicalNameOf(urn), urn, type, id, words }];
  });
}

export function wordDigest(word: string): string {
  return createHash("sha256").update(word).digest("base64url").slice(0, 16);
}

function wordsOf(type: string, outputs: Record<string, unknown>): string[] {
  // Without a delete script, the resource deletes nothing.
  if (COMMAND.test(type)) return outputs.delete ? textsIn(outputs).flatMap((text) => text.match(/[\w.-]+/g) ?? []) : [];
  // Ignore nested strings: they may only refer to a secret, as the headers of a tool do.
  if (!MAY_MANAGE_SECRETS.test(type)) return [];
  return Object.entries(outputs).flatMap(([key, text]) =>
    typeof text === "string" && !key.startsWith("__") ? [text] : [],
  );
}

/** Returns all strings, except those that the state encrypts. */
function textsIn(output: unknown): string[] {
  if (typeof output === "string") return [output];
  if (typeof output !== "object" || output === null || SIGNATURE in output) return [];
  return Object.values(output).flatMap(textsIn);
}

/** The types in a URN: first the parents' types, then the resource's type. */
function typesIn(urn: string): string[] {
  return urn.split("::")[2]?.split("$") ?? [];
}
