/**
 * Shows a warning as the engine shows those of programs. The engine gives a dynamic-provider process its address as the first
 * argument, but Pulumi's SDK only looks for it in a program's environment.
 */
export async function warn(message: string): Promise<void> {
  // Loaded here, because most operations warn of nothing.
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
