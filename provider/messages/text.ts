import { closestMatch } from "leven";
import type { Dependent, Secret } from "../api/client.js";
import { DEFAULT_PROVIDER } from "../pulumi/urn.js";
import { quoted, sanitized } from "../text/sanitize.js";
import { DEFAULT_WORKSPACE } from "../workspaces/names.js";
import { type Command, commandText } from "./commands.js";
import type { Reader } from "./problem.js";

/** Removes the full stop of the API's message, so that the sentence can continue. */
export function clause(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

export function commandFor(reader: Reader, command: Command): string {
  return commandText(command, reader.stackArguments);
}

/** Returns ` in workspace "eu"`, or an empty string for the default workspace of the default provider. */
export function inWorkspaceText(workspace = DEFAULT_WORKSPACE, provider = DEFAULT_PROVIDER): string {
  const isDefault = workspace === DEFAULT_WORKSPACE;
  if (provider === DEFAULT_PROVIDER) return isDefault ? "" : ` in workspace ${quoted(workspace)}`;
  return ` in ${isDefault ? "the workspace" : `workspace ${quoted(workspace)}`} of provider ${quoted(provider)}`;
}

/** Lists all dependents: `agent "Support" (agent_1), tool tool_2`. The API omits the name if the key has no access to the dependent. */
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

/** Returns ` (did you mean region?)`, or an empty string if no known word resembles the given word. */
export function didYouMean(given: string, known: readonly string[]): string {
  const byLowerCase = new Map(known.map((word) => [word.toLowerCase(), word]));
  const closest = closestMatch(given.toLowerCase(), [...byLowerCase.keys()], {
    maxDistance: Math.ceil(given.length / 3),
  });
  return closest === undefined ? "" : ` (did you mean ${byLowerCase.get(closest)}?)`;
}

/** Lists the first few items, and how many more there are. This keeps a message short. */
export function firstFew(texts: string[], separator = ", "): string {
  const more = texts.length - MOST_SHOWN;
  return [...texts.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join(separator);
}

const MOST_SHOWN = 5;

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
