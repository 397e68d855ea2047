/**
 * The input by which the SDK sends a `Registration` to the provider's `check`, which takes it out again, so that no state
 * holds it. The engine shows nothing that begins with two underscores.
 */
export const REGISTRATION_INPUT = "__registration";
