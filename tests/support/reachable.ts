import { inspect } from "node:util";

/** Everything that a logger could show of an error, including hidden and inherited properties, and its cause. */
export function everythingOf(error: unknown): string {
  const all = { depth: null, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null };
  return [inspect(error, all), String(error), error instanceof Error ? error.stack : "", ...reached(error)].join("\n");
}

/** All strings and bytes that can be reached. `inspect` skips bytes and inherited properties. */
function reached(root: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const visit = (it: unknown): void => {
    if (typeof it === "string" || typeof it === "symbol") texts.push(String(it));
    if (typeof it !== "object" || it === null || seen.has(it)) return;
    seen.add(it);
    if (ArrayBuffer.isView(it)) {
      texts.push(Buffer.from(it.buffer, it.byteOffset, it.byteLength).toString("latin1"));
      return;
    }
    if (it instanceof Map || it instanceof Set) visit([...it]);
    for (let at: object = it; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Reflect.ownKeys(at)) {
        visit(name);
        try {
          visit(Reflect.get(at, name, it));
        } catch {
          // A getter that doesn't work on this object.
        }
      }
    }
  };
  visit(root);
  return texts;
}
