import type { Secret } from "../../provider/api/client.js";
import { NATIVE_TYPE } from "../../provider/hosts/typeTokens.js";
import { type ConfigPath, configPath } from "../../provider/pulumi/configPath.js";
import { DEFAULT_WORKSPACE } from "../../provider/workspaces/names.js";
import { jsonText, withInvisibleEscaped } from "../jsonText.js";

/** A secret that the program adopts. */
export interface AdoptedSecret extends Secret {
  /** The position of its value in the config: a separate key, or a path into `secrets`. */
  path: ConfigPath;
}

export interface ProgramLayout {
  /**
   * The prefix of the one `WorkspaceSecrets` for all secrets with this prefix. Each secret that doesn't fit into it gets a
   * separate `WorkspaceSecret`. If this is missing, all secrets do.
   */
  componentPrefix?: string;
}

const COMPONENT_KEY = "secrets";

/**
 * Chooses a config key or path for each secret whose id isn't in `ownedIds`. Secrets that share a name are returned
 * separately, because a program can have only one secret with a given name. Secrets without a name are skipped.
 */
export function planAdoption(
  secrets: Secret[],
  ownedIds: Set<string>,
  layout: ProgramLayout,
): { adopted: AdoptedSecret[]; sharingNames: Secret[][] } {
  const isNew = ({ id }: Secret) => !ownedIds.has(id);
  const named = secrets.filter(({ name }) => name.trim() !== "");
  const groups = [...Map.groupBy(named, ({ name }) => name).values()].filter((group) => group.some(isNew));
  const unique = groups.flatMap((group) => (group.length === 1 ? group : []));
  const usedKeys = new Set(unique.map(({ name }) => name).filter(isPlainKey));
  const adopted = unique.map((secret) => ({ ...secret, path: pathFor(secret, { layout, usedKeys }) }));
  return { adopted, sharingNames: groups.filter((group) => group.length > 1) };
}

function pathFor(secret: Secret, { layout, usedKeys }: { layout: ProgramLayout; usedKeys: Set<string> }): ConfigPath {
  const componentKey = keyInComponent(secret, layout);
  if (componentKey !== undefined) return configPath(COMPONENT_KEY, componentKey);
  if (isPlainKey(secret.name)) return configPath(secret.name);
  const key = unusedKey(secret.name, usedKeys);
  usedKeys.add(key);
  return configPath(key);
}

/** A file for `pulumi import`, which the native plugin understands. */
export function importFileText(adopted: AdoptedSecret[], workspace: { name: string }): string {
  const prefix = workspace.name === DEFAULT_WORKSPACE ? "" : `${workspace.name}/`;
  const resources = adopted.map(({ id, path }) => ({ type: NATIVE_TYPE, name: path.key, id: prefix + id }));
  return `${jsonText({ resources })}\n`;
}

/** Returns the TypeScript that adopts these secrets. */
export function programLines(
  adopted: AdoptedSecret[],
  workspace: { name: string; endpoint: string },
  { componentPrefix = "" }: ProgramLayout,
): string {
  const workspaceInput = workspace.name === DEFAULT_WORKSPACE ? "" : `, workspace: ${literal(workspace.name)}`;
  const single = adopted.filter(({ path }) => path.steps.length === 0);
  const hasComponent = single.length < adopted.length;
  const lines: string[] = [];
  if (hasComponent) {
    const prefix = componentPrefix ? `prefix: ${literal(componentPrefix)}, ` : "";
    lines.push(`new WorkspaceSecrets("${COMPONENT_KEY}", { ${prefix}onExisting: "keep"${workspaceInput} });`);
  }
  for (const { name, id, path } of single) {
    const key = literal(path.key);
    const value = `config.requireSecret(${key})`;
    const adoption = `existingId: ${literal(id)}, onExisting: "keep"${workspaceInput}`;
    lines.push(`new WorkspaceSecret(${key}, { name: ${literal(name)}, value: ${value}, ${adoption} });`);
  }
  const classes = [...(single.length > 0 ? ["WorkspaceSecret"] : []), ...(hasComponent ? ["WorkspaceSecrets"] : [])];
  const imports = [`import { ${classes.join(", ")} } from "pulumi-elevenlabs";`];
  if (single.length > 0) imports.unshift('import * as pulumi from "@pulumi/pulumi";');
  return [
    `// Adopts ${adopted.length === 1 ? "1 secret" : `${adopted.length} secrets`} of ${workspace.endpoint} unchanged.`,
    `// After the first "pulumi up", remove ${single.length > 0 ? "existingId and " : ""}onExisting from these lines.`,
    ...imports,
    "",
    ...(single.length > 0 ? ["const config = new pulumi.Config();"] : []),
    ...lines,
  ].join("\n");
}

/** Pulumi treats an object with the key `secure` as an encrypted value. The component's values are under `secrets`. */
const RESERVED_KEYS = new Set(["secure", COMPONENT_KEY, "__proto__"]);

/** Whether a name can be used without an escape as a config key, or as a step of a config path. */
function isPlainKey(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && !RESERVED_KEYS.has(name);
}

function keyInComponent({ name }: Secret, { componentPrefix }: ProgramLayout): string | undefined {
  if (componentPrefix === undefined) return undefined;
  const key = name.slice(componentPrefix.length);
  return isPlainKey(key) ? key : undefined;
}

/** Returns a plain key that resembles the name. */
function unusedKey(name: string, usedKeys: Set<string>): string {
  const words = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || "secret";
  const base = isPlainKey(words) ? words : `secret_${words}`;
  let key = base;
  for (let n = 2; usedKeys.has(key); n++) key = `${base}_${n}`;
  return key;
}

/** Returns a TypeScript string literal. */
function literal(text: string): string {
  return withInvisibleEscaped(JSON.stringify(text));
}
