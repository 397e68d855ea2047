/**
 * What the program's side knows of a resource and its inputs don't say. It comes with the inputs to `check`, and is never
 * stored.
 */
export interface Registration {
  /** Tells the resources of a program apart. */
  resource: string;
  /** The value that the program gave: a transformation may have put another in its place. */
  value: unknown;
  /** What other resources of the state hold; empty for a resource that takes nothing over. */
  heldByOthers: StateHolder[];
}

/** A resource of the stack's state. */
export interface StateHolder {
  /** Its logical name. */
  resource: string;
  /** The id of its secret. */
  id: string;
  name: string;
  workspace: string;
}
