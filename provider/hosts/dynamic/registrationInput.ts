import type { Registration } from "../../secret/registration.js";

/**
 * The input in which the SDK sends a `Registration` to the provider's `check`, which removes it, so that no state has it. The
 * engine doesn't show inputs whose names begin with two underscores.
 */
export const REGISTRATION_INPUT = "__registration";

/** As the SDK sends it. */
export interface SentRegistration extends Omit<Registration, "ownedByOthers"> {
  /** As JSON: many structured entries would cost the engine much time. */
  ownedByOthers: string;
  /** The inputs that the program marks as secrets. */
  secretInputs: string[];
}
