import { join } from "node:path";
import * as v from "valibot";
import { TYPE_TOKEN } from "../provider/hosts/dynamic/storedFormats.js";
import { quoted } from "../provider/messages/foreignText.js";
import { Problem } from "../provider/messages/problem.js";
import { plainKeysIn } from "../provider/pulumi/stackFile.js";
import type { OnExisting } from "../provider/secret/inputs.js";
import { isValueKept } from "../provider/secret/state.js";
import { DEFAULT_WORKSPACE } from "../provider/workspaces/settings.js";
import { findProject, type PulumiRun, reasonIn, runPulumi } from "./pulumiCommand.js";

/** As on the command line: the selected stack, or this one, or none. */
export type StackChoice = string | boolean | undefined;

/** A secret that the stack's state holds. */
export interface Owned {
  /** The resource's logical name. */
  resource: string;
  urn: string;
  id: string;
  /** The name that the secret was last seen under; undefined in a state that does not tell. */
  name: string | undefined;
  workspace: string;
  endpoint: string | undefined;
  /** Whether a change of name renames it, as of the last update. */
  isRenamed: boolean;
  /** Whether the program has never pushed the value that the workspace holds. */
  isValueKept: boolean;
  /** As of the last update. */
  onExisting: OnExisting;
  /** As of the last update. */
  existingId: string | undefined;
}

/** What the next `pulumi up` would do to a secret. */
export interface PlannedStep {
  resource: string;
  urn: string;
  /** Undefined where there is no secret yet. */
  id: string | undefined;
  /** Undefined where it is not known yet. */
  name: string | undefined;
  workspace: string;
  operation: "create" | "update" | "replace" | "delete";
}

/** The stack, or why there is none to ask. */
export async function openStack(choice: StackChoice, folder: string): Promise<Stack | { missing: string }> {
  if (choice === false) return { missing: "as --no-stack says" };
  const project = findProject(folder);
  if (!project) return missing(choice, "there is no Pulumi project here");
  const selected = typeof choice === "string" ? ["--stack", choice] : [];
  const [named, config] = await Promise.all([
    runPulumi(["stack", "--show-name", ...selected], { folder }),
    runPulumi(["config", "--json", "--show-secrets", ...selected], { folder }),
  ]);
  if (!named || !config) return missing(choice, "there is no pulumi on the PATH");
  if (!named.ok && (await isNoneSelected(choice, folder))) return missing(choice, "no stack is selected");
  const action = typeof choice === "string" ? `could not read stack ${quoted(choice)}` : "could not read the stack";
  const next = choice === undefined ? `${CORRECT}, or use the environment alone: --no-stack` : `${CORRECT}.`;
  const name = succeeded(named, action, next).stdout.trim();
  return new Stack(name, project, selected, folder, configIn(succeeded(config, action, next).stdout, action));
}

/** A Pulumi stack: its config for this package, and which secrets its state holds. */
export class Stack {
  constructor(
    readonly name: string,
    private readonly project: { name: string; folder: string },
    private readonly selected: string[],
    private readonly folder: string,
    private readonly config: StackConfig,
  ) {}

  /** One key of the `elevenlabs` config. */
  read(key: string): string | undefined {
    return this.config.values.get(key)?.value;
  }

  /** Whether the key of a workspace was set without `--secret`. */
  isPlainKey(workspace: string): boolean {
    if (workspace === DEFAULT_WORKSPACE) return this.config.values.get("apiKey")?.secret === false;
    if (this.config.values.get("workspaces")?.secret === false) return true;
    const file = join(this.project.folder, `Pulumi.${this.name}.yaml`);
    return plainKeysIn(file, "elevenlabs:workspaces", "apiKey").includes(workspace);
  }

  /** Whether the project's config has something at this path, of one or two steps. */
  isSet(path: string): boolean {
    return this.config.paths.has(`${this.project.name}:${path}`);
  }

  /** What to add to a command of Pulumi's to make it about this stack. */
  get arguments(): string[] {
    return this.selected;
  }

  /** The secrets in the state, but for those that the next update deletes. */
  async owned(): Promise<Owned[]> {
    const action = `could not read the state of stack ${quoted(this.name)}`;
    const run = await runPulumi(["stack", "export", ...this.selected], { folder: this.folder });
    const result = v.safeParse(exportSchema, parsed(succeeded(run, action).stdout));
    if (!result.success) throw new Problem(action, "pulumi stack export gave something else than a state", UPDATE_CLI);
    return result.output.deployment.resources.flatMap(toOwned);
  }

  /** The changes that the program makes to the state's secrets, from a preview that looks at no workspace; or why there is none. */
  async plan(): Promise<PlannedStep[] | Problem> {
    const action = `could not preview stack ${quoted(this.name)}`;
    const run = await runPulumi(["preview", "--json", ...this.selected], { folder: this.folder });
    const result = v.safeParse(previewSchema, parsed(run?.stdout ?? ""));
    if (run?.ok && result.success) return plannedSteps(result.output.steps);
    const told = result.success ? firstError(result.output.diagnostics) : undefined;
    const reason = told ?? run?.reason ?? "there is no pulumi on the PATH any more";
    return new Problem(
      action,
      `pulumi says: ${reason}`,
      "See all of it: pulumi preview\nTo compare without the program: pulumi-elevenlabs drift --state-only",
    );
  }

  /** Sets a value of the project's config, encrypted; it goes to the CLI's standard input. */
  async setSecret(path: string, value: string): Promise<void> {
    const args = ["config", "set", "--secret", "--path", path, ...this.selected];
    succeeded(await runPulumi(args, { folder: this.folder, input: value }), `could not set config ${quoted(path)}`);
  }
}

interface StackConfig {
  /** The `elevenlabs` keys. Values of others are not kept. */
  values: Map<string, { value: string | undefined; secret: boolean }>;
  /** The keys of all config, of objects those inside too. */
  paths: Set<string>;
}

const UPDATE_CLI = "Is the pulumi on the PATH the real one, and recent?";

const configSchema = v.record(
  v.string(),
  v.object({ value: v.optional(v.string()), objectValue: v.optional(v.unknown()), secret: v.boolean() }),
);

function configIn(json: string, action: string): StackConfig {
  const result = v.safeParse(configSchema, parsed(json));
  if (!result.success) throw new Problem(action, "pulumi config gave something else than a config", UPDATE_CLI);
  const entries = Object.entries(result.output);
  const own = entries.filter(([key]) => key.startsWith("elevenlabs:"));
  return {
    values: new Map(own.map(([key, { value, secret }]) => [key.slice("elevenlabs:".length), { value, secret }])),
    paths: new Set(
      entries.flatMap(([key, { objectValue }]) => [key, ...keysOf(objectValue).map((k) => `${key}.${k}`)]),
    ),
  };
}

const outputsSchema = v.object({
  name: v.fallback(v.optional(v.string()), undefined),
  workspace: v.fallback(v.optional(v.string()), undefined),
  endpoint: v.fallback(v.optional(v.string()), undefined),
  onNameChange: v.fallback(v.optional(v.picklist(["replace", "rename"])), undefined),
  onExisting: v.fallback(v.optional(v.picklist(["fail", "overwrite", "keep"])), undefined),
  existingId: v.fallback(v.optional(v.string()), undefined),
  valueKept: v.fallback(v.optional(v.boolean()), undefined),
});

const exportSchema = v.object({
  deployment: v.object({
    resources: v.optional(
      v.array(
        v.object({
          urn: v.string(),
          type: v.string(),
          id: v.optional(v.string()),
          delete: v.optional(v.boolean()),
          external: v.optional(v.boolean()),
          outputs: v.fallback(outputsSchema, {}),
        }),
      ),
      [],
    ),
  }),
});

type Resource = v.InferOutput<typeof exportSchema>["deployment"]["resources"][number];

function toOwned({ urn, type, id, delete: isLeaving, external: isLookup, outputs }: Resource): Owned[] {
  if (type !== TYPE_TOKEN || id === undefined || isLeaving || isLookup) return [];
  const { name, workspace = DEFAULT_WORKSPACE, endpoint, onNameChange, onExisting = "fail", existingId } = outputs;
  const isRenamed = onNameChange === "rename";
  const policies = { isRenamed, onExisting, existingId, isValueKept: isValueKept(outputs) };
  return [{ resource: logicalNameOf(urn), urn, id, name, workspace, endpoint, ...policies }];
}

function logicalNameOf(urn: string): string {
  // It may hold `::` itself.
  return urn.split("::").slice(3).join("::");
}

const plannedSchema = v.object({
  op: v.string(),
  urn: v.string(),
  oldState: v.nullish(
    v.object({ type: v.string(), id: v.optional(v.string()), outputs: v.fallback(outputsSchema, {}) }),
  ),
  newState: v.nullish(v.object({ type: v.string(), inputs: v.fallback(outputsSchema, {}) })),
});

const previewSchema = v.object({
  steps: v.optional(v.array(plannedSchema), []),
  diagnostics: v.optional(v.array(v.object({ message: v.string(), severity: v.string() })), []),
});

function plannedSteps(steps: v.InferOutput<typeof previewSchema>["steps"]): PlannedStep[] {
  const secrets = steps.filter(({ oldState, newState }) => (newState ?? oldState)?.type === TYPE_TOKEN);
  return [...Map.groupBy(secrets, ({ urn }) => urn)].flatMap(([urn, ofOne]) => {
    const operation = operationOf(ofOne.map(({ op }) => op));
    if (operation === undefined) return [];
    const last = ofOne.findLast(({ newState }) => newState)?.newState?.inputs;
    const before = ofOne.find(({ oldState }) => oldState)?.oldState;
    const name = last?.name ?? before?.outputs.name;
    const workspace = last?.workspace ?? before?.outputs.workspace ?? DEFAULT_WORKSPACE;
    return [{ resource: logicalNameOf(urn), urn, id: before?.id || undefined, name, workspace, operation }];
  });
}

/** Of several steps for one resource, as of a replacement. */
function operationOf(ops: string[]): PlannedStep["operation"] | undefined {
  if (ops.some((op) => op === "replace" || op === "create-replacement")) return "replace";
  return (["create", "update", "delete"] as const).find((op) => ops.includes(op));
}

function firstError(diagnostics: { message: string; severity: string }[]): string | undefined {
  const error = diagnostics.find(({ severity }) => severity === "error");
  return (
    error &&
    reasonIn(error.message.split("\n").find((line) => line.trim() !== "") ?? "", [process.env.ELEVENLABS_API_KEY])
  );
}

async function isNoneSelected(choice: StackChoice, folder: string): Promise<boolean> {
  if (typeof choice === "string" || process.env.PULUMI_STACK) return false;
  const run = await runPulumi(["stack", "ls", "--json"], { folder });
  const stacks = run?.ok ? parsed(run.stdout) : undefined;
  return Array.isArray(stacks) && !stacks.some(({ current }) => current);
}

const WHERE_A_STACK_IS = {
  "there is no Pulumi project here": "Run this in the folder of a Pulumi project, with its stack selected.",
  "there is no pulumi on the PATH":
    "Install the Pulumi CLI, or add its folder to the PATH: https://www.pulumi.com/docs/install",
  "no stack is selected": "Select one: pulumi stack select NAME. Or name it: --stack NAME",
};

function missing(choice: StackChoice, why: keyof typeof WHERE_A_STACK_IS): { missing: string } {
  if (choice === undefined) return { missing: why };
  throw new Problem("could not read the stack", why, WHERE_A_STACK_IS[why]);
}

const CORRECT = "Correct that, and run the same command again";

function succeeded(run: PulumiRun | undefined, action: string, next = `${CORRECT}.`): PulumiRun {
  if (run?.ok) return run;
  throw new Problem(action, run ? `pulumi says: ${run.reason}` : "there is no pulumi on the PATH any more", next);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function keysOf(object: unknown): string[] {
  return typeof object === "object" && object !== null ? Object.keys(object) : [];
}
