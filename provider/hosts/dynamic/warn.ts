/**
 * Shows a warning the same way as a warning from the program. The engine passes its address to a dynamic-provider process as the
 * first argument, but Pulumi's SDK only reads the address from a program's environment.
 */
export async function warn(message: string): Promise<void> {
  // Loaded here, because most operations have no warnings.
  const [settings, log] = await Promise.all([
    import("@pulumi/pulumi/runtime/settings.js"),
    import("@pulumi/pulumi/log/index.js"),
  ]);
  const engine = process.argv[2];
  if (engine && !settings.hasEngine()) {
    settings.resetOptions(settings.getProject(), settings.getStack(), -1, engine, "", false, "");
  }
  await log.warn(message);
}
