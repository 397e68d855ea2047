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
  /** 0 means no triggers. */
  trigger: number;
}

/** When the program registers its resources: all at once, each once the previous one has sent some requests, or each after the previous one. */
export type Order = "together" | "after its first request" | "after its second request" | "chained";

export interface DestroyOptions {
  /** Whether a refresh comes first, in the same operation. */
  refresh: boolean;
}

export interface UpOptions extends DestroyOptions {
  order: Order;
  continueOnError: boolean;
  /** The logical name of the only resource that the operation is about; undefined for all. */
  target?: string | undefined;
}

/** A resource of the state. */
export interface Entry {
  logical: string;
  id: string;
  name: string;
  /** What the state says about the value in the workspace: a digest of it, or the value itself. Undefined if it isn't known. */
  claim?: string | undefined;
  /** Whether it was adopted with its value, and nothing has replaced that value since. */
  valueKept: boolean;
  /** Replaced, but not deleted yet. */
  pendingDelete: boolean;
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
  up(program: Resource[], options: UpOptions): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  destroy(options: DestroyOptions): Promise<Outcome>;
  state(): Promise<Entry[]>;
  close(): Promise<void>;
}

export interface Settings {
  /** How far the API's lists lag behind. */
  listLagMs: number;
  uniqueNames: boolean;
  maxRetries: number;
}

/** What the program passes to the constructor, and the engine to the provider. */
export function inputsOf({ logical: _, trigger, ...inputs }: Resource) {
  return { ...inputs, ...(trigger === 0 ? {} : { triggers: [trigger] }) };
}
