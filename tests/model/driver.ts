import type { Emulator } from "../../emulator/index";
import type { OnExisting, OnInUse, OnNameChange } from "../../provider/secret/inputs";

/** A `WorkspaceSecret` of the program. */
export interface Resource {
  logical: string;
  name: string;
  value: string;
  onExisting: OnExisting;
  onNameChange: OnNameChange;
  onInUse: OnInUse;
  /** 0 is none. */
  trigger: number;
}

/** How the program registers its resources: at once, each when the one before has sent some requests, or each after the one before. */
export type Order = "together" | "after its first request" | "after its second request" | "chained";

export interface DestroyOptions {
  /** Whether a refresh comes first, in the same operation. */
  refresh: boolean;
}

export interface UpOptions extends DestroyOptions {
  order: Order;
  continueOnError: boolean;
  /** The logical name of the one resource that the operation is about; undefined for all. */
  target?: string | undefined;
}

/** A secret of the state. */
export interface Entry {
  logical: string;
  id: string;
  name: string;
  valueDigest?: string | undefined;
  /** Whether it was adopted with its value, which nothing has replaced since. */
  valueKept: boolean;
  /** Replaced, and not deleted yet. */
  pendingDelete: boolean;
}

export interface Message {
  severity: "error" | "warning";
  text: string;
}

export interface Outcome {
  ok: boolean;
  messages: Message[];
}

/** An engine with a stack of its own. */
export interface Driver {
  readonly emulator: Emulator;
  up(program: Resource[], options: UpOptions): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  destroy(options: DestroyOptions): Promise<Outcome>;
  state(): Promise<Entry[]>;
  close(): Promise<void>;
}

export interface Settings {
  /** How long ago a list of the API shows the workspace. */
  listLagMs: number;
  uniqueNames: boolean;
  maxRetries: number;
}

/** What a resource gives to the constructor, and the engine to the provider. */
export function inputsOf({ logical: _, trigger, ...inputs }: Resource) {
  return { ...inputs, ...(trigger === 0 ? {} : { triggers: [trigger] }) };
}
