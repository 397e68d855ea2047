import * as pulumi from "@pulumi/pulumi";

/**
 * Creates a value once for each run of a program, because one process of the Automation API may run several programs.
 * Outside of a run, each call creates a new value.
 */
export function oncePerRun<T>(make: () => T): () => T {
  const values = new WeakMap<pulumi.Resource, { value: T }>();
  return () => {
    const run = pulumi.runtime.getStackResource();
    if (!run) return make();
    const known = values.get(run) ?? { value: make() };
    values.set(run, known);
    return known.value;
  };
}
