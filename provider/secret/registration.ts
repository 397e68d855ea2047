/**
 * What the program's side knows about a resource beyond its inputs. It comes to `check` with the inputs, and is never stored.
 */
export interface Registration {
  /** Tells the resources of a program apart. */
  resource: string;
  /** The value that the program gave: a transformation may have put another in its place. */
  value: unknown;
  /** The secrets that other resources of the state own; empty for a resource that adopts nothing. */
  ownedByOthers: StackOwner[];
}

/** A resource in the stack's state, and the secret that it owns. */
export interface StackOwner {
  /** Its logical name. */
  resource: string;
  /** Its type token, if it is that of another host than this one. */
  type?: string;
  /** The id of its secret. */
  id: string;
  name: string;
  workspace: string;
}
