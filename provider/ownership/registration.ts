/**
 * The input in which the SDK sends a `Registration` to the provider's `check`, which removes it, so that no state has it. With
 * `get`, which isn't checked, it only says that it isn't an import. The engine doesn't show inputs whose names begin with two
 * underscores.
 */
export const REGISTRATION_INPUT = "__registration";

/** What only the program knows about a resource. It comes to `check` with the inputs, and is never stored. */
export interface Registration {
  /** Tells the resources of a program apart. */
  resource: string;
  /** Its logical name. */
  name: string;
  /** Its type token. */
  type: string;
  /** The value that the program gave: a transformation may have put another in its place. */
  value: unknown;
  /** What the stack's state has. Missing if the program can't tell, as in other languages. */
  state?: StateHint;
  /** The inputs that the program marks as secrets. */
  secretInputs?: string[];
}

/** Where a provider finds what the stack's state has. */
export interface StateHint {
  file?: string;
  /** Why there is no file, if the program couldn't read the state, or couldn't write the file. */
  problem?: string;
  /** The URNs under which the state may have the resource. Its own comes first. */
  urns?: string[];
}
