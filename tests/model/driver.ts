import type { Emulator } from "../../emulator/index";
import type { OnExisting, OnInUse, OnNameChange } from "../../provider/secret/inputs";

/**
 * The config that manages a resource. `second` is another route to the same account: another workspace name in the config of
 * the lifecycle, or another provider object with the plugin.
 */
export type Via = "usual" | "second";

/** A `WorkspaceSecret` of the program. */
export interface Resource {
  logical: string;
  name: string;
  value: string;
  onExisting: OnExisting;
  onNameChange: OnNameChange;
  onInUse: OnInUse;
  /** 0 means no triggers. */
  trigger: number;
  via: Via;
  /** The id of the secret to adopt. */
  existingId?: string | undefined;
  /** The `import` option. The dynamic provider doesn't support it. */
  importId?: string | undefined;
  /** The id or name with which the program only looks the secret up, by `get`. The dynamic provider doesn't support `get`. */
  lookUp?: string | undefined;
}

/** When the program registers its resources: all at once, each once the previous one has sent some requests, or each after the previous one. */
export type Order = "together" | "after its first request" | "after its second request" | "chained";

/** The URL and API key of an operation: the config and the environment may change between two operations. */
export type Route = (typeof ROUTES)[number];
export const ROUTES = ["usual", "another key", "another URL", "another account"] as const;

/** The end of an operation. Unsaved: the process is killed after the API's response, before the result is in the state. */
export type End = "whole" | "before its deletes" | "a create unsaved" | "a delete unsaved";

export interface RefreshOptions {
  route?: Route;
}

export interface DestroyOptions extends RefreshOptions {
  /** Whether a refresh comes first, in the same operation. */
  refresh: boolean;
}

export interface UpOptions extends DestroyOptions {
  order: Order;
  continueOnError: boolean;
  /** The logical name of the only resource that the operation targets. Undefined for all resources. */
  target?: string | undefined;
  /** The logical name of a resource that the user replaces with `--replace`. */
  replace?: string | undefined;
  /** Whether a replaced resource is deleted first. */
  deleteFirst?: boolean;
  /** The input by which each resource depends on the previous resource. Only if the resources are chained. */
  dependsBy?: "name" | "workspace" | "existingId" | undefined;
  end?: End;
  /** The logical name of a resource that moves to a provider object of another account. Only with the plugin. */
  elsewhere?: string | undefined;
}

/** A resource of the state. */
export interface Entry {
  logical: string;
  id: string;
  /** The name as the API stores it. */
  name: string;
  /** The program's spelling of the name, if it differs from `name`. */
  requestedName?: string | undefined;
  /** The name of its workspace in the config. */
  workspace: string;
  /** The provider that the resource uses. Providers don't share the secrets that they find. */
  provider: string;
  existingId?: string | undefined;
  /** The state's record of the value in the workspace: a digest of the value, or the value. Undefined if there is no record. */
  claim?: string | undefined;
  /** The routes that have written the secret, from the mark in the state. */
  routes: string[];
  /** Whether the secret was adopted with its value, and nothing has replaced that value since. */
  valueKept: boolean;
  /** Whether the state knows no value, because the secret was imported. */
  isImported?: boolean | undefined;
  /** The id or name in the `import` option at the import. */
  importId?: string | undefined;
  /** Replaced, but not deleted yet. */
  pendingDelete: boolean;
  /** Deleted, but not created again yet. */
  pendingReplacement?: boolean | undefined;
}

export interface Message {
  severity: "error" | "warning";
  /** The kind in brackets at the end of the first line. Undefined if the message isn't from the provider. */
  kind: string | undefined;
  text: string;
}

/** The stand-in engine's message for an error that isn't a `Problem`. */
export const UNEXPECTED_ERROR = "not a Problem";

export interface Outcome {
  ok: boolean;
  messages: Message[];
}

/** An engine with its own stack. */
export interface Driver {
  readonly emulator: Emulator;
  /** The name that the state has for the workspace of a resource. */
  workspaceOf(via: Via): string;
  /** Whether it can play imports and moves between provider objects. */
  readonly isPlugin: boolean;
  up(program: Resource[], options: UpOptions): Promise<Outcome>;
  refresh(options: RefreshOptions): Promise<Outcome>;
  destroy(options: DestroyOptions): Promise<Outcome>;
  /** The secrets that the state manages. Omits secrets that the program only looks up. */
  state(): Promise<Entry[]>;
  /** Does the same as `pulumi state delete`. */
  removeFromState(ids: string[]): Promise<void>;
  close(): Promise<void>;
}

/** The API's change to names. */
export type Spelling = "as given" | "trimmed" | "in upper case";

export interface Settings {
  /** The delay after which the API's lists show a change. */
  listLagMs: number;
  uniqueNames: boolean;
  maxRetries: number;
  spelling: Spelling;
  /** The source of the URL and the API key. */
  keyFrom: "config" | "environment";
  /** Whether `second` has the same API key as `usual`, or another API key of the same account. */
  isKeyShared: boolean;
}

export function storedName(name: string, spelling: Spelling): string {
  if (spelling === "as given") return name;
  return spelling === "trimmed" ? name.trim() : name.toUpperCase();
}

/** The inputs that the program passes to the constructor, and the engine to the provider. */
export function inputsOf({ name, value, onExisting, onNameChange, onInUse, trigger, existingId }: Resource) {
  return {
    ...{ name, value, onExisting, onNameChange, onInUse },
    ...(existingId === undefined ? {} : { existingId }),
    ...(trigger === 0 ? {} : { triggers: [trigger] }),
  };
}
