import type * as v from "valibot";
import { ApiError } from "./errors.js";
import {
  type Dependent as DependentResponse,
  dependentPage,
  type PhoneNumber,
  secretPage,
  secretPageWithDependents,
  secretWithDependents,
  storedSecret,
  type UsedBy,
} from "./schemas.js";
import { Transport, type TransportOptions } from "./transport.js";
import { LOOK_PAUSES_MS, lookRepeatedly } from "./uncertainWrite.js";

const SECRETS = "/v1/convai/secrets";

/** A workspace secret as the API shows it: never its value. */
export interface Secret {
  id: string;
  name: string;
}

/** The kinds of dependents that the API lists page by page. */
export const PAGED_KINDS = ["tools", "agents", "phone_numbers"] as const;
export type PagedKind = (typeof PAGED_KINDS)[number];

/** A resource in the workspace that uses a secret, such as an agent or a tool. */
export interface Dependent {
  /** The API's name for this kind. Source: `used_by` on the reference page for getting a secret. */
  kind: PagedKind | "mcp_servers" | "others";
  /** Missing for `others`, for which the API returns only a string. */
  id?: string;
  /** Missing if the key has no access to the dependent. For `others`, the string that the API returns. */
  name?: string;
}

export interface SecretWithDependents extends Secret {
  /** The first few of each kind. */
  dependents: Dependent[];
  /** The kinds that have more dependents than `dependents` contains. */
  kindsWithMore: PagedKind[];
}

/** A secret, and how many dependents it has. */
export interface CountedSecret extends Secret {
  /** Undefined if the response doesn't contain the dependents. */
  dependentCount: number | undefined;
  /** Whether there are more than `dependentCount`. */
  hasMore: boolean;
}

/** The six calls of the workspace-secret API. Every failure is an `ApiError`. */
export class ElevenLabsApi {
  private readonly transport: Transport;

  constructor(private readonly options: TransportOptions) {
    this.transport = new Transport(options);
  }

  /**
   * Creates a secret. The API creates a secret for every POST that it accepts, so a POST that may have been accepted is never
   * retried. Instead, `findCreated` searches for the new secret, several times, because a list may lag. If the error has
   * `outcomeUnknown`, the secret may have been created anyway.
   */
  async createSecret(name: string, value: string, findCreated: () => Promise<Secret | undefined>): Promise<Secret> {
    const body = { type: "new", name, value };
    try {
      return toSecret(await this.transport.send({ method: "POST", path: SECRETS, body, expects: storedSecret }));
    } catch (error) {
      if (!(error instanceof ApiError) || !error.outcomeUnknown) throw error;
      const pauses = LOOK_PAUSES_MS.slice(0, this.options.maxRetries + 1);
      const found = await lookRepeatedly(findCreated, pauses, this.options.signal?.());
      if (found === undefined) throw error;
      return found;
    }
  }

  /** Lists all secrets, or only the secrets whose names start with `search`. */
  async listSecrets({ search }: { search?: string } = {}): Promise<Secret[]> {
    const pages = await this.pages(SECRETS, { search, dependency_limit: 1 }, secretPage);
    return pages.flatMap(({ secrets }) => secrets.map(toSecret));
  }

  /** Lists secrets with the number of their dependents. The API counts up to 100 dependents of each kind. */
  async countDependents({ search }: { search?: string } = {}): Promise<CountedSecret[]> {
    const pages = await this.pages(SECRETS, { search, dependency_limit: 100 }, secretPageWithDependents);
    return pages.flatMap(({ secrets }) =>
      secrets.map((stored) => {
        const used = stored.used_by;
        const dependentCount = used && dependentsOf(used).length;
        const hasMore = used !== undefined && kindsWithMore(used).length > 0;
        return { ...toSecret(stored), dependentCount, hasMore };
      }),
    );
  }

  /** Throws an error with `isNotFound` if there is no such secret. */
  async getSecret(id: string): Promise<SecretWithDependents> {
    const stored = await this.transport.send({ method: "GET", path: pathOf(id), expects: secretWithDependents });
    const { used_by: used } = stored;
    return { ...toSecret(stored), dependents: dependentsOf(used), kindsWithMore: kindsWithMore(used) };
  }

  /** Sets name and value. The API requires both. */
  async updateSecret(id: string, name: string, value: string): Promise<Secret> {
    const body = { type: "update", name, value };
    return toSecret(await this.transport.send({ method: "PATCH", path: pathOf(id), body, expects: storedSecret }));
  }

  /** Throws an error with `isNotFound` if there is no such secret, and with `isRefusal` if the secret is in use. */
  async deleteSecret(id: string): Promise<void> {
    await this.transport.send({ method: "DELETE", path: pathOf(id), expects: "empty" });
  }

  /** Lists all dependents of one kind. */
  async listDependents(id: string, kind: PagedKind): Promise<Dependent[]> {
    const pages = await this.pages(`${pathOf(id)}/dependencies/${kind}`, { page_size: 100 }, dependentPage);
    return pages.flatMap(({ dependencies }) => dependencies.map((item) => toDependent(kind, item)));
  }

  private async pages<Page extends { next_cursor?: string | null | undefined }>(
    path: string,
    query: Record<string, string | number | undefined>,
    expects: v.GenericSchema<unknown, Page>,
  ): Promise<Page[]> {
    const pages: Page[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.transport.send({ method: "GET", path, query: { ...query, cursor }, expects });
      pages.push(page);
      // An empty cursor would return the first page again.
      cursor = page.next_cursor || undefined;
      if (cursor !== undefined && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
        throw new ApiError({ kind: "endless-pages" });
      }
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
    return pages;
  }
}

/** Far more pages than any workspace has. */
const MOST_PAGES = 1_000;

function pathOf(id: string): string {
  // An empty id would list all secrets. `.` and `..` would change the path, and percent-encoding doesn't prevent that.
  if (["", ".", ".."].includes(id)) throw new ApiError({ kind: "invalid-id", id });
  return `${SECRETS}/${encodeURIComponent(id.toWellFormed())}`;
}

function toSecret(stored: { secret_id: string; name: string }): Secret {
  return { id: stored.secret_id, name: stored.name };
}

function dependentsOf(used: UsedBy | undefined): Dependent[] {
  if (!used) return [];
  return [
    ...used.agents.map((item) => toDependent("agents", item)),
    ...used.tools.map((item) => toDependent("tools", item)),
    ...used.phone_numbers.map((item) => toDependent("phone_numbers", item)),
    ...used.mcp_servers.map((item) => toDependent("mcp_servers", item)),
    ...used.others.map((word) => ({ kind: "others" as const, ...(word ? { name: word } : {}) })),
  ];
}

function kindsWithMore(used: UsedBy | undefined): PagedKind[] {
  return PAGED_KINDS.filter((kind) => used?.[`${kind}_has_more`]);
}

function toDependent(kind: Dependent["kind"], item: DependentResponse | PhoneNumber): Dependent {
  const [id, name] =
    "phone_number_id" in item ? [item.phone_number_id, item.label || item.phone_number] : [item.id, item.name];
  return { kind, ...(id ? { id } : {}), ...(name ? { name } : {}) };
}
