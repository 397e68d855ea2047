import type { Dependent, Secret } from "../api/client.js";
import { ApiError } from "../api/errors.js";
import { harmless, quoted } from "../messages/foreignText.js";
import { Problem } from "../messages/problem.js";
import { configPath, shellWord } from "../pulumi/configPath.js";
import type { Workspace } from "../workspaces/workspace.js";

/** What the lifecycle was about to do, for an error's first line. */
export interface Action {
  /** Such as `delete`. */
  verb: string;
  /** Left out where it is about all of them. */
  name?: string | undefined;
  id?: string | undefined;
  workspace: string;
}

export function actionText({ verb, name, id, workspace }: Action): string {
  const which =
    name === undefined ? "the secrets" : `secret ${quoted(name)}${id === undefined ? "" : ` (${harmless(id)})`}`;
  const where = workspace === "default" ? "" : ` in workspace ${quoted(workspace)}`;
  return `could not ${verb} ${which}${where}`;
}

export interface Hints {
  /** Whether the engine may have given the config of the last update, as in a refresh or destroy without the program. */
  configMayBeStale: boolean;
}

/** A failed call as an error for a person; whatever else was thrown stays as it is. */
export function explained(error: unknown, action: Action, workspace: Workspace, hints: Hints): unknown {
  if (!(error instanceof ApiError)) return error;
  const next = isAboutId(error, action) ? CHECK_ID : nextStep(error, workspace, hints);
  return new Problem(actionText(action), error.cause, next);
}

const CHECK_ID = "Check the id of the secret; pulumi-elevenlabs list  shows all of them.";

/** Of a call that sends nothing but an id, the API can refuse nothing else. */
function isAboutId(error: ApiError, { verb }: Action): boolean {
  if (error.name === "IdError") return true;
  return error.isInvalidRequest && ["read", "look up", "list the dependents of"].includes(verb);
}

/** What to do about the config, where the engine may not have given that of now. */
export function withProgram(next: string): string {
  return `${next.replace(/\.$/, "")}  and run the same command with --run-program`;
}

function nextStep(error: ApiError, workspace: Workspace, { configMayBeStale }: Hints): string {
  const isDefault = workspace.name === "default";
  const path = configPath("elevenlabs:workspaces", workspace.name, "apiKey");
  const key = isDefault ? "elevenlabs:apiKey" : `--path ${shellWord(path)}`;
  const setKey = `pulumi config set --secret ${key}`;
  const baseUrl = isDefault ? "elevenlabs:baseUrl" : "its baseUrl in elevenlabs:workspaces";
  if (error.name === "KeyError") {
    if (isDefault && configMayBeStale) {
      return `Set the environment variable ELEVENLABS_API_KEY. Or set the key: ${withProgram(setKey)}`;
    }
    const setIt = `Set the key: ${setKey}`;
    if (isDefault) return `${setIt} (or the environment variable ELEVENLABS_API_KEY)`;
    return configMayBeStale ? withProgram(setIt) : setIt;
  }
  if (error.isUnauthorized) {
    if (configMayBeStale && workspace.keySource === "config") {
      return `The key is that of the last update, kept in the state. Where it was rotated since: the same command with --run-program; else ${setKey}`;
    }
    return workspace.keySource === "environment"
      ? `Set the environment variable ELEVENLABS_API_KEY to a key of a workspace at ${workspace.endpoint}.`
      : `Set a key of a workspace at ${workspace.endpoint}: ${setKey}`;
  }
  if (error.lacksPermission) {
    return "Give the key the permission to read and write ElevenLabs Agents (workspace secrets), in the settings of ElevenLabs.";
  }
  if (error.isRateLimit) {
    const lower = "with a lower elevenlabs:maxConcurrency";
    return `Run the same command again later, or ${lower}${configMayBeStale ? " and --run-program" : ""}.`;
  }
  if (error.isForeign)
    return `Is the region, or ${baseUrl}, right, and is no proxy in between? The API was expected at ${workspace.endpoint}.`;
  if (error.isRefusal) return "Correct what the API names, and run the same command again.";
  if (error.isNotFound) return "Let the state take notice, then try again: pulumi refresh";
  if (error.isFailure)
    return "The fault is the API's, and may pass. Run the same command again; what is already done is kept.";
  return `Is ${workspace.endpoint} reachable from here? Run the same command again; what is already done is kept.`;
}

/** `agent "Support" (agent_1), tool tool_2`, all of them; one without a name is one that the key may not see. */
export function dependentsText(dependents: Dependent[]): string {
  return dependents
    .map(({ kind, id, name }) => {
      if (kind === "others") return harmless((name ?? "something else").replaceAll("_", " "));
      const shown = harmless(id ?? "");
      return name === undefined ? `${kindText(kind)} ${shown}` : `${kindText(kind)} ${quoted(name)} (${shown})`;
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
  return secrets.map(({ id }) => harmless(id)).join(", ");
}
