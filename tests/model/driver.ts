import type { Emulator } from "../../emulator/index";
import type { OnExisting, OnInUse, OnNameChange } from "../../provider/secret/inputs";

/**
 * Which config manages a resource. `second` is another way to the same account: another workspace name in the config of the
 * lifecycle, another provider object with the plugin.
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
  /** The `import` option. The dynamic provider has none. */
  importId?: string | undefined;
  /** The id or name with which the program only looks the secret up, by `get`. The dynamic provider has none. */
  lookUp?: string | undefined;
}

/** When the program registers its resources: all at once, each once the previous one has sent some requests, or each after the previous one. */
export type Order = "together" | "after its first request" | "after its second request" | "chained";

/** How an operation reaches the API: the config and the environment may change between two of them. */
export type Route = (typeof ROUTES)[number];
export const ROUTES = ["usual", "another key", "another URL", "another account"] as const;

/** How an operation ends. Unsaved: the process is killed between an answer of the API and the state that should have it. */
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
  /** The logical name of the only resource that the operation is about; undefined for all. */
  target?: string | undefined;
  /** The logical name of a resource that the user has replaced, by `--replace`. */
  replace?: string | undefined;
  /** Whether a replaced resource is deleted first. */
  deleteFirst?: boolean;
  /** The input by which each resource depends on the one before it. Only if they are chained. */
  dependsBy?: "name" | "workspace" | "existingId" | undefined;
  end?: End;
  /** The logical name of a resource that moves to a provider object of another account. Only with the plugin. */
  elsewhere?: string | undefined;
}

/** A resource of the state. */
export interface Entry {
  logical: string;
  id: string;
  /** As the API stores it. */
  name: string;
  /** As the program gave it, if that is another spelling. */
  requestedName?: string | undefined;
  /** The name of its workspace in the config. */
  workspace: string;
  /** Which of the ways to an account it takes: they don't know what the others find. */
  provider: string;
  existingId?: string | undefined;
  /** What the state says about the value in the workspace: a digest of it, or the value itself. Undefined if it isn't known. */
  claim?: string | undefined;
  /** The routes that have written it, as its mark says. */
  routes: string[];
  /** Whether it was adopted with its value, and nothing has replaced that value since. */
  valueKept: boolean;
  /** Whether the state knows no value, because the secret was imported. */
  isImported?: boolean | undefined;
  /** What it was imported as. */
  importId?: string | undefined;
  /** Replaced, but not deleted yet. */
  pendingDelete: boolean;
  /** Deleted, but not created again yet. */
  pendingReplacement?: boolean | undefined;
}

export interface Message {
  severity: "error" | "warning";
  /** As in the brackets of its first line; undefined if the message isn't one of the provider's. */
  kind: string | undefined;
  text: string;
}

/** How the stand-in engine reports an error that isn't a `Problem`. */
export const UNEXPECTED_ERROR = "not a Problem";

export interface Outcome {
  ok: boolean;
  messages: Message[];
}

/** An engine with a stack of its own. */
export interface Driver {
  readonly emulator: Emulator;
  /** The workspace of a resource, as the state names it. */
  workspaceOf(via: Via): string;
  /** Whether it can play imports and moves between provider objects. */
  readonly isPlugin: boolean;
  up(program: Resource[], options: UpOptions): Promise<Outcome>;
  refresh(options: RefreshOptions): Promise<Outcome>;
  destroy(options: DestroyOptions): Promise<Outcome>;
  /** What the state manages: not what it only has looked up. */
  state(): Promise<Entry[]>;
  /** As `pulumi state delete` does. */
  removeFromState(ids: string[]): Promise<void>;
  close(): Promise<void>;
}

/** How the API changes names. */
export type Spelling = "as given" | "trimmed" | "in upper case";

export interface Settings {
  /** How far the API's lists lag behind. */
  listLagMs: number;
  uniqueNames: boolean;
  maxRetries: number;
  spelling: Spelling;
  /** Where the URL and the API key come from. */
  keyFrom: "config" | "environment";
  /** Whether `second` has the same API key as `usual`, or another one of the same account. */
  isKeyShared: boolean;
}

export function storedName(name: string, spelling: Spelling): string {
  if (spelling === "as given") return name;
  return spelling === "trimmed" ? name.trim() : name.toUpperCase();
}

/** What the program passes to the constructor, and the engine to the provider. */
export function inputsOf({ name, value, onExisting, onNameChange, onInUse, trigger, existingId }: Resource) {
  return {
    ...{ name, value, onExisting, onNameChange, onInUse },
    ...(existingId === undefined ? {} : { existingId }),
    ...(trigger === 0 ? {} : { triggers: [trigger] }),
  };
}
