/**
 * The input in which the SDK sends a `Registration` to the provider's `check`. `check` removes it, so the state never contains
 * it. The engine doesn't check a `get`: then this input only shows the provider that it isn't an import. The engine doesn't show
 * inputs whose names begin with two underscores.
 */
export const REGISTRATION_INPUT = "__registration";

/** Facts about a resource that only the program knows. The SDK sends them to `check` with the inputs. They are never stored. */
export interface Registration {
  /** Unique for each resource of a program. */
  registrationId: string;
  /** Its logical name. */
  name: string;
  /** Its type token. */
  type: string;
  /** The value that the program set. A transformation may have replaced it in the inputs. */
  value: unknown;
  /** The facts about the stack's state. Missing if the program can't read the state, as in other languages. */
  state?: StateHint;
  /** The inputs that the program marks as secrets. */
  secretInputs?: string[];
}

/** Shows a provider where to find the entries of the stack's state. */
export interface StateHint {
  file?: string;
  /** The reason that there is no file, if the program couldn't read the state or write the file. */
  problem?: string;
  /** The URNs under which the state may have the resource. Its own comes first. Missing if the plugin knows all of them. */
  urns?: string[];
}
