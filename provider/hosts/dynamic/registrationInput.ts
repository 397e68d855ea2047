import type { Registration } from "../../secret/registration.js";

/**
 * The input by which the SDK sends a `Registration` to the provider's `check`, which takes it out again, so that no state
 * holds it. The engine shows nothing that begins with two underscores.
 */
export const REGISTRATION_INPUT = "__registration";

/** As the SDK sends it. */
export interface SentRegistration extends Omit<Registration, "heldByOthers"> {
  /** As JSON: many structured entries would cost the engine much time. */
  heldByOthers: string;
  /** The inputs that the program has marked as secrets. */
  secretInputs: string[];
}
