import type * as pulumi from "@pulumi/pulumi";
import { pulumi as plugin, version } from "../../../package.json";

/** The plugin's version, and the URL to download it from if it isn't in `Pulumi.yaml` or installed. */
export function pluginOptions(): pulumi.ResourceOptions {
  // Set by the release workflow.
  const { server } = plugin as { server?: string };
  return { version, ...(server === undefined ? {} : { pluginDownloadURL: server }) };
}
