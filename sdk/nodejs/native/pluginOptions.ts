import type * as pulumi from "@pulumi/pulumi";
import { pulumi as plugin, version } from "../../../package.json";

/** Which plugin the engine needs, and where it gets it if neither `Pulumi.yaml` nor this machine has it. */
export function pluginOptions(): pulumi.ResourceOptions {
  // Set when a release is published.
  const { server } = plugin as { server?: string };
  return { version, ...(server === undefined ? {} : { pluginDownloadURL: server }) };
}
