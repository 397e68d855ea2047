import type { ConfigSource } from "./configSource.js";

/** The config of the running stack. All keys have their namespaces. */
export interface StackConfig {
  project: string;
  keys(): string[];
  get(fullKey: string): string | undefined;
  /** Whether the value is a secret. For an object: whether any part of it is. */
  isSecret(fullKey: string): boolean;
  /** The file with the value. Undefined if the file isn't known. */
  sourceOf(fullKey: string): ConfigSource | undefined;
}
