import { isSecretType } from "../hosts/typeTokens.js";
import { SIGNATURE } from "../pulumi/signature.js";
import { logicalNameOf } from "../pulumi/urn.js";
import type { Stranger } from "./store.js";

/** A resource of the state, as the engine tells a program about it: without its id. */
export interface StateResource {
  type: string;
  outputs?: Record<string, unknown>;
}

/** Kinds of resources that may manage a secret of ElevenLabs without saying so in their type. */
const MAY_MANAGE_SECRETS = /^pulumi-\w+:dynamic|elevenlabs/i;
/** Resources whose outputs are scripts and what these print. */
const COMMAND = /^command:/;

/**
 * The resources of other providers that may have made a secret of the workspace. Of most kinds, only the output `id` says so: a
 * secret of another vendor can have the same name.
 */
export function strangersIn(resources: Record<string, StateResource>): Stranger[] {
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

function wordsOf(type: string, outputs: Record<string, unknown>): string[] {
  // Without that script, the resource deletes nothing.
  if (COMMAND.test(type)) return outputs.delete ? textsIn(outputs).flatMap((text) => text.match(/[\w.-]+/g) ?? []) : [];
  // What is further inside is a reference to a secret, as in the headers of a tool.
  if (!MAY_MANAGE_SECRETS.test(type)) return [];
  return Object.entries(outputs).flatMap(([key, text]) =>
    typeof text === "string" && !key.startsWith("__") ? [text] : [],
  );
}

/** All texts but those that the state encrypts. */
function textsIn(output: unknown): string[] {
  if (typeof output === "string") return [output];
  if (typeof output !== "object" || output === null || SIGNATURE in output) return [];
  return Object.values(output).flatMap(textsIn);
}

/** The types in a URN: those of the parents, then the resource's own. */
function typesIn(urn: string): string[] {
  return urn.split("::")[2]?.split("$") ?? [];
}
