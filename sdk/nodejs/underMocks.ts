import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";

/** Whether Pulumi's mocks replace the engine, as in a unit test. Then there is no config to check and no API to call. */
export function isUnderMocks(): boolean {
  return pulumi.runtime.getMonitor() instanceof MockMonitor;
}
