import * as v from "valibot";
import { isSecretType, NATIVE_TYPE } from "../../provider/hosts/typeTokens.js";
import { configPathText } from "../../provider/messages/commands.js";
import { logicalNameOf, providerNameIn } from "../../provider/pulumi/urn.js";
import type { OnExisting, OnNameChange } from "../../provider/secret/inputs.js";
import { isValueKept } from "../../provider/secret/state.js";
import { parsedJson } from "../../provider/text/parsedJson.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import type { ConfigReader } from "../../provider/workspaces/settings.js";
import { reasonIn } from "./run.js";

// Parses the Pulumi CLI's output about a stack. Each function returns undefined if the output couldn't be parsed.

/** The part of a stack's config that this package needs. */
export interface StackConfig {
  /** The `elevenlabs` keys. Other values are not kept. */
  values: Map<string, { value: string | undefined; secret: boolean }>;
  /** All keys of the config, and all keys inside objects, as paths. */
  paths: Set<string>;
}

/** The provider and the workspace that the program uses for a secret. */
export interface SecretPlace {
  provider: string;
  workspace: string;
}

/** A secret of the stack. */
export interface StackSecret extends SecretPlace {
  /** The resource's logical name. */
  resource: string;
  urn: string;
  /** Undefined if the secret doesn't exist yet. */
  id: string | undefined;
  /** The last known name of the secret, or the name that it will get. Undefined if that isn't known. */
  name: string | undefined;
}

/** A secret in the stack's state. */
export interface OwnedSecret extends StackSecret {
  id: string;
  endpoint: string | undefined;
  /** Identifies the route by which the secret was written. */
  mark: string | undefined;
  /** As of the last update, like `existingId` and `onNameChange` below. */
  onNameChange: OnNameChange;
  onExisting: OnExisting;
  existingId: string | undefined;
  /** Whether the value in the workspace has never been pushed by the program. */
  isValueKept: boolean;
}

/** The change that the next `pulumi up` would make to a secret. */
export interface PlannedStep extends StackSecret {
  operation: "create" | "update" | "replace" | "delete";
}

const CONFIG_PREFIX = "elevenlabs:";

const configSchema = v.record(
  v.string(),
  v.object({ value: v.optional(v.string()), objectValue: v.optional(v.unknown()), secret: v.boolean() }),
);

/** Reads `pulumi config --json`. */
export function configIn(json: string): StackConfig | undefined {
  const result = v.safeParse(configSchema, parsedJson(json));
  if (!result.success) return undefined;
  const entries = Object.entries(result.output);
  const own = entries.filter(([key]) => key.startsWith(CONFIG_PREFIX));
  const pathsOf = (key: string, object: unknown) =>
    [[], ...keysOf(object).map((step) => [step])].map((steps) => ({ key, steps }));
  return {
    values: new Map(own.map(([key, { value, secret }]) => [key.slice(CONFIG_PREFIX.length), { value, secret }])),
    paths: new Set(entries.flatMap(([key, { objectValue }]) => pathsOf(key, objectValue).map(configPathText))),
  };
}

const outputsSchema = v.object({
  name: v.fallback(v.optional(v.string()), undefined),
  workspace: v.fallback(v.optional(v.string()), undefined),
  endpoint: v.fallback(v.optional(v.string()), undefined),
  mark: v.fallback(v.optional(v.string()), undefined),
  onNameChange: v.fallback(v.optional(v.picklist(["replace", "rename"])), undefined),
  onExisting: v.fallback(v.optional(v.picklist(["fail", "overwrite", "keep"])), undefined),
  existingId: v.fallback(v.optional(v.string()), undefined),
  valueKept: v.fallback(v.optional(v.boolean()), undefined),
});

const resourceSchema = v.object({
  urn: v.string(),
  type: v.string(),
  id: v.optional(v.string()),
  delete: v.optional(v.boolean()),
  external: v.optional(v.boolean()),
  provider: v.optional(v.string()),
  inputs: v.fallback(v.record(v.string(), v.unknown()), {}),
  outputs: v.fallback(outputsSchema, {}),
});

const exportSchema = v.object({ deployment: v.object({ resources: v.optional(v.array(resourceSchema), []) }) });

type ExportedResource = v.InferOutput<typeof resourceSchema>;

/** Reads `pulumi stack export`: all resources in the state. */
function exportedIn(json: string): ExportedResource[] | undefined {
  const result = v.safeParse(exportSchema, parsedJson(json));
  return result.success ? result.output.deployment.resources : undefined;
}

/** Reads `pulumi stack export`: the secrets in the state, except those that the next update deletes. */
export function ownedSecretsIn(json: string): OwnedSecret[] | undefined {
  return exportedIn(json)?.flatMap(toOwned);
}

/** The workspaces that contain the secrets, without duplicates. */
export function placesOf(secrets: SecretPlace[]): SecretPlace[] {
  const places = secrets.map(({ provider, workspace }) => ({ provider, workspace }));
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

function toOwned({
  urn,
  type,
  id,
  delete: isToBeDeleted,
  external: isLookup,
  provider,
  inputs,
  outputs,
}: ExportedResource): OwnedSecret[] {
  if (!isSecretType(type) || id === undefined || isToBeDeleted || isLookup) return [];
  // The plugin's outputs don't contain the inputs.
  const state = type === NATIVE_TYPE ? { ...v.parse(v.fallback(outputsSchema, {}), inputs), ...outputs } : outputs;
  const { name, workspace = DEFAULT_WORKSPACE, endpoint, mark, existingId } = state;
  const { onNameChange = "replace", onExisting = "fail" } = state;
  const policies = { onNameChange, onExisting, existingId, isValueKept: isValueKept(state) };
  const place = { provider: providerNameIn(provider), workspace };
  return [{ resource: logicalNameOf(urn), urn, id, name, ...place, endpoint, mark, ...policies }];
}

const PROVIDER_TYPE = "pulumi:providers:elevenlabs";

/** Reads `pulumi stack export --show-secrets`: maps the name of each provider of the native plugin to its config. */
export function providerConfigsIn(json: string): Map<string, ConfigReader> | undefined {
  const providers = exportedIn(json)?.filter((one) => one.type === PROVIDER_TYPE && !one.delete);
  return (
    providers && new Map(providers.map(({ urn, inputs }) => [providerNameIn(`${urn}::`), (key) => textOf(inputs[key])]))
  );
}

const shownSecretSchema = v.object({ plaintext: v.string() });

/**
 * An input of a provider, as the string that was set. For a secret input, the state has an object that contains the value as
 * JSON.
 */
function textOf(input: unknown): string | undefined {
  const shown = v.safeParse(shownSecretSchema, input);
  const given = shown.success ? parsedJson(shown.output.plaintext) : input;
  return given === undefined || typeof given === "string" ? given : JSON.stringify(given);
}

const plannedSchema = v.object({
  op: v.string(),
  urn: v.string(),
  oldState: v.nullish(
    v.object({
      type: v.string(),
      id: v.optional(v.string()),
      provider: v.optional(v.string()),
      outputs: v.fallback(outputsSchema, {}),
    }),
  ),
  newState: v.nullish(
    v.object({ type: v.string(), provider: v.optional(v.string()), inputs: v.fallback(outputsSchema, {}) }),
  ),
});

const previewSchema = v.object({
  steps: v.optional(v.array(plannedSchema), []),
  diagnostics: v.optional(v.array(v.object({ message: v.string(), severity: v.string() })), []),
});

/** Reads `pulumi preview --json`: the steps for secrets, and the reason if the preview failed. */
export function previewIn(json: string): { steps: PlannedStep[]; failure: string | undefined } | undefined {
  const result = v.safeParse(previewSchema, parsedJson(json));
  if (!result.success) return undefined;
  const { steps, diagnostics } = result.output;
  return { steps: plannedSteps(steps), failure: firstError(diagnostics) };
}

function plannedSteps(steps: v.InferOutput<typeof previewSchema>["steps"]): PlannedStep[] {
  const ofSecrets = steps.filter(({ oldState, newState }) => isSecretType((newState ?? oldState)?.type ?? ""));
  return [...Map.groupBy(ofSecrets, ({ urn }) => urn)].flatMap(([urn, ofOne]) => {
    const operation = operationOf(ofOne.map(({ op }) => op));
    if (operation === undefined) return [];
    const after = ofOne.findLast(({ newState }) => newState)?.newState;
    const inputs = after?.inputs;
    const before = ofOne.find(({ oldState }) => oldState)?.oldState;
    const name = inputs?.name ?? before?.outputs.name;
    const workspace = inputs?.workspace ?? before?.outputs.workspace ?? DEFAULT_WORKSPACE;
    const place = { provider: providerNameIn(after?.provider ?? before?.provider), workspace };
    return [{ resource: logicalNameOf(urn), urn, id: before?.id || undefined, name, ...place, operation }];
  });
}

/** A resource may have several steps, for example in a replacement. */
function operationOf(ops: string[]): PlannedStep["operation"] | undefined {
  if (ops.some((op) => op === "replace" || op === "create-replacement")) return "replace";
  return (["create", "update", "delete"] as const).find((op) => ops.includes(op));
}

function firstError(diagnostics: { message: string; severity: string }[]): string | undefined {
  const error = diagnostics.find(({ severity }) => severity === "error");
  const firstLine = error?.message.split("\n").find((line) => line.trim() !== "");
  return error && reasonIn(firstLine ?? "", [process.env.ELEVENLABS_API_KEY]);
}

/** Reads `pulumi stack ls --json`: whether no stack is selected. */
export function isNoStackSelectedIn(json: string): boolean {
  const stacks = parsedJson(json);
  return Array.isArray(stacks) && !stacks.some(({ current }) => current);
}

function keysOf(object: unknown): string[] {
  return typeof object === "object" && object !== null ? Object.keys(object) : [];
}
