import type { Secret } from "../provider/api/client.js";
import { DEFAULT_WORKSPACE } from "../provider/workspaces/settings.js";
import { shellWord, unseenEscaped } from "./jsonText.js";

/** A secret that a program is to take over. */
export interface Adopted extends Secret {
  /** Where config has its value: a key, or a key under `secrets`. */
  path: string;
}

export interface Style {
  /** One `WorkspaceSecrets` for all, of secrets whose names have this prefix. Those it cannot hold get lines of their own. */
  component?: string;
}

/**
 * Gives each secret that is not yet `owned` a config key of its own; a program can have one secret of a name, so those that
 * share theirs are left out, and so are those without one.
 */
export function adoptedFrom(
  secrets: Secret[],
  owned: Set<string>,
  style: Style,
): { adopted: Adopted[]; twice: Secret[][] } {
  const isNew = ({ id }: Secret) => !owned.has(id);
  const named = secrets.filter(({ name }) => name.trim() !== "");
  const byName = [...Map.groupBy(named, ({ name }) => name).values()].filter((same) => same.some(isNew));
  const once = byName.flatMap((same) => (same.length === 1 ? same : []));
  const taken = new Set(once.map(({ name }) => name).filter(isPlainKey));
  const adopted = once.map((secret) => {
    const key = keyInComponent(secret, style);
    if (key !== undefined) return { ...secret, path: `secrets.${key}` };
    return { ...secret, path: isPlainKey(secret.name) ? secret.name : freeKey(secret.name, taken) };
  });
  return { adopted, twice: byName.filter((same) => same.length > 1) };
}

/** TypeScript that takes them over. */
export function programLines(adopted: Adopted[], workspace: { name: string; endpoint: string }, style: Style): string {
  const where = workspace.name === DEFAULT_WORKSPACE ? "" : `, workspace: ${literal(workspace.name)}`;
  const alone = adopted.filter((secret) => keyInComponent(secret, style) === undefined);
  const lines: string[] = [];
  if (alone.length < adopted.length) {
    const prefix = style.component ? `prefix: ${literal(style.component)}, ` : "";
    lines.push(`new WorkspaceSecrets("secrets", { ${prefix}onExisting: "keep"${where} });`);
  }
  for (const { name, id, path } of alone) {
    const takeOver = `existingId: ${literal(id)}, onExisting: "keep"${where}`;
    const value = `config.requireSecret(${literal(path)})`;
    lines.push(`new WorkspaceSecret(${literal(path)}, { name: ${literal(name)}, value: ${value}, ${takeOver} });`);
  }
  const classes = [
    ...(alone.length > 0 ? ["WorkspaceSecret"] : []),
    ...(alone.length < adopted.length ? ["WorkspaceSecrets"] : []),
  ];
  const imports = [`import { ${classes.join(", ")} } from "pulumi-elevenlabs";`];
  if (alone.length > 0) imports.unshift('import * as pulumi from "@pulumi/pulumi";');
  return [
    `// Takes over ${adopted.length === 1 ? "1 secret" : `${adopted.length} secrets`} of ${workspace.endpoint}, as they are.`,
    `// After the first  pulumi up,  remove  ${alone.length > 0 ? "existingId  and  " : ""}onExisting  from these lines: their work is done.`,
    ...imports,
    "",
    ...(alone.length > 0 ? ["const config = new pulumi.Config();"] : []),
    ...lines,
  ].join("\n");
}

/** A command for a POSIX shell that asks for a value and sets it. */
export function setCommand(path: string, stackArguments: string[]): string {
  const which = path.includes(".") ? ["--path", path] : [path];
  return ["pulumi", "config", "set", "--secret", ...which, ...stackArguments].map(shellWord).join(" ");
}

/** `secure` means an encrypted value to Pulumi, and under `secrets` lie those of a component. */
const RESERVED = new Set(["secure", "secrets", "__proto__"]);

/** Whether a name can be a config key, alone and as a step of a path, with nothing to escape. */
function isPlainKey(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && !RESERVED.has(name);
}

function keyInComponent({ name }: Secret, { component: prefix }: Style): string | undefined {
  if (prefix === undefined) return undefined;
  const key = name.slice(prefix.length);
  return isPlainKey(key) ? key : undefined;
}

function freeKey(name: string, taken: Set<string>): string {
  const base = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || "secret";
  const plain = /^[0-9]/.test(base) || !isPlainKey(base) ? `secret_${base}` : base;
  let key = plain;
  for (let n = 2; taken.has(key); n++) key = `${plain}_${n}`;
  taken.add(key);
  return key;
}

/** A string of TypeScript on one line. */
function literal(text: string): string {
  return unseenEscaped(JSON.stringify(text));
}
