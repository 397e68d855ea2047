import { join } from "node:path";
import * as v from "valibot";
import { quoted } from "../api/index.js";
import { DEFAULT_WORKSPACE } from "../config/index.js";
import { plainKeysIn } from "../config/stackFile.js";
import { TYPE_TOKEN } from "../host/text.js";
import { Problem } from "../problem.js";
import { findProject, type PulumiRun, runPulumi } from "./project.js";

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
  onNameChange: v.fallback(v.optional(v.string()), undefined),
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
  const { name, workspace = "default", endpoint, onNameChange } = outputs;
  // A logical name may hold `::` itself.
  const resource = urn.split("::").slice(3).join("::");
  return [{ resource, urn, id, name, workspace, endpoint, isRenamed: onNameChange === "rename" }];
}

async function isNoneSelected(choice: StackChoice, folder: string): Promise<boolean> {
  if (typeof choice === "string" || process.env.PULUMI_STACK) return false;
  const run = await runPulumi(["stack", "ls", "--json"], { folder });
  const stacks = run?.ok ? parsed(run.stdout) : undefined;
  return Array.isArray(stacks) && !stacks.some(({ current }) => current);
}

function missing(choice: StackChoice, why: string): { missing: string } {
  if (choice === undefined) return { missing: why };
  throw new Problem(
    "could not read the stack",
    why,
    "Run this in the folder of a Pulumi project, with its stack selected.",
  );
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
