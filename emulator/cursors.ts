import { randomUUID } from "node:crypto";
import { invalid } from "./errorResponses";

export interface Ordered<T> {
  order: number;
  item: T;
}

interface PageOptions {
  scope: string;
  size: number;
  cursor: string | undefined;
}

/** A cursor stores the position of the last item on a page, so that removing an item between two pages doesn't skip an item. */
export class Cursors {
  readonly #issued = new Map<string, { scope: string; last: number }>();

  page<T>(items: Ordered<T>[], { scope, size, cursor }: PageOptions): { items: T[]; next_cursor: string | null } {
    const last = cursor === undefined ? -1 : this.#last(scope, cursor);
    const rest = items.filter(({ order }) => order > last);
    const shown = rest.slice(0, size);
    const end = shown.at(-1);
    const more = end !== undefined && rest.length > shown.length;
    return { items: shown.map(({ item }) => item), next_cursor: more ? this.#issue(scope, end.order) : null };
  }

  #issue(scope: string, last: number): string {
    const cursor = randomUUID();
    this.#issued.set(cursor, { scope, last });
    return cursor;
  }

  #last(scope: string, cursor: string): number {
    const issued = this.#issued.get(cursor);
    if (issued?.scope !== scope) {
      throw invalid({ loc: ["query", "cursor"], msg: "Invalid cursor", type: "value_error" });
    }
    return issued.last;
  }
}
