import { closestMatch } from "leven";
import type { Dependent, Secret } from "../api/client.js";
import { DEFAULT_WORKSPACE } from "../pulumi/configPath.js";
import { DEFAULT_PROVIDER } from "../pulumi/urn.js";
import { type Command, commandText } from "./commands.js";
import { quoted, sanitized } from "./sanitize.js";

/** The person who reads a message. */
export interface Reader {
  /** What to add to a Pulumi command so that it is about the reader's stack, such as `["--stack", "prod"]`. Default: nothing. */
  stackArguments?: string[];
}

/** Why something failed, and what to do next: one or two lines. */
export interface Words {
  why: string;
  next: string[];
}

/** Turns the facts of one kind of message into words. */
export type Wording<Facts> = (facts: Facts, reader: Reader) => Words;

/** `text` as a sentence: with a full stop, unless it has an end already (as the API's own words may). */
export function sentence(text: string): string {
  return [".", "!", "?", "…"].some((end) => text.endsWith(end)) ? text : `${text}.`;
}

/** The API's own words, to be followed by more of a sentence: without their full stop. */
export function clause(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

export function commandFor(reader: Reader, command: Command): string {
  return commandText(command, reader.stackArguments);
}

/** Where a secret is, as the program says it: a workspace in the config of a provider. */
export interface SecretPlace {
  provider: string;
  workspace: string;
}

/** ` in workspace "eu"`; nothing for the default one of the default provider. */
export function inWorkspaceText(workspace: string, provider = DEFAULT_PROVIDER): string {
  const isDefault = workspace === DEFAULT_WORKSPACE;
  if (provider === DEFAULT_PROVIDER) return isDefault ? "" : ` in workspace ${quoted(workspace)}`;
  return ` in ${isDefault ? "the workspace" : `workspace ${quoted(workspace)}`} of provider ${quoted(provider)}`;
}

/** `agent "Support" (agent_1), tool tool_2`: all of them. One without a name is one that the key has no access to. */
export function dependentsText(dependents: Dependent[]): string {
  return dependents
    .map(({ kind, id, name }) => {
      if (kind === "others") return sanitized((name ?? "something else").replaceAll("_", " "));
      const shownId = sanitized(id ?? "");
      return name === undefined ? `${kindText(kind)} ${shownId}` : `${kindText(kind)} ${quoted(name)} (${shownId})`;
    })
    .join(", ");
}

const KIND_TEXTS: Record<Dependent["kind"], string> = {
  agents: "agent",
  tools: "tool",
  phone_numbers: "phone number",
  mcp_servers: "MCP server",
  others: "other",
};

export function kindText(kind: Dependent["kind"]): string {
  return KIND_TEXTS[kind];
}

export function idsText(secrets: Secret[]): string {
  return secrets.map(({ id }) => sanitized(id)).join(", ");
}

export function listText(words: readonly string[]): string {
  return words.map(quoted).join(", ");
}

/** ` (did you mean region?)`; nothing if no known word resembles the given one. */
export function didYouMean(given: string, known: readonly string[]): string {
  const byLowerCase = new Map(known.map((word) => [word.toLowerCase(), word]));
  const closest = closestMatch(given.toLowerCase(), [...byLowerCase.keys()], {
    maxDistance: Math.ceil(given.length / 3),
  });
  return closest === undefined ? "" : ` (did you mean ${byLowerCase.get(closest)}?)`;
}

/** The first few texts, and how many there are beside them: a message that nobody reads to its end helps nobody. */
export function firstFew(texts: string[], separator = ", "): string {
  const more = texts.length - MOST_SHOWN;
  return [...texts.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

const MOST_SHOWN = 5;

/** What kind of data was given, such as `a list`. */
export function typeText(given: unknown): string {
  if (given === null) return "null";
  if (Array.isArray(given)) return "a list";
  return typeof given === "object" ? "an object" : `a ${typeof given}`;
}
