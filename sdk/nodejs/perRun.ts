import * as pulumi from "@pulumi/pulumi";

/**
 * One value for each run of a program: a process of the Automation API runs many. Outside of a run, it is made anew each
 * time.
 */
export function perRun<T>(make: () => T): () => T {
  const values = new WeakMap<pulumi.Resource, { value: T }>();
  return () => {
    const run = pulumi.runtime.getStackResource();
    if (!run) return make();
    const known = values.get(run) ?? { value: make() };
    values.set(run, known);
    return known.value;
  };
}
