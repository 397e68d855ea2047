import * as pulumi from "@pulumi/pulumi";

/** Whether Pulumi's mocks replace the engine, as in a unit test. Then there is no config to check and no API to call. */
export function isUnderMocks(): boolean {
  // Not by its class: a test may load Pulumi's SDK more than once. The monitor of the engine has no mocks.
  return typeof (pulumi.runtime.getMonitor() as { mocks?: unknown } | undefined)?.mocks === "object";
}
