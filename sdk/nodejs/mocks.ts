import * as pulumi from "@pulumi/pulumi";

/** Whether Pulumi's mocks replace the engine, as in a unit test. Then there is no config to check and no API to call. */
export function isMocked(): boolean {
  // Don't compare the class: a test may load Pulumi's SDK more than once. The engine's monitor has no property `mocks`.
  return typeof (pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined)?.mocks === "object";
}
