import { setTimeout } from "node:timers/promises";
import type * as v from "valibot";
import { quoted } from "../messages/foreignText.js";
import { ApiError, IdError, MalformedAnswerError } from "./errors.js";
import {
  type Dependent as DependentAnswer,
  dependentPage,
  type PhoneNumber,
  secretPage,
  secretPageWithDependents,
  secretWithDependents,
  storedSecret,
  type UsedBy,
} from "./schemas.js";
import { Transport, type TransportOptions } from "./transport.js";

const SECRETS = "/v1/convai/secrets";

/** A workspace secret as the API shows it: never its value. */
export interface Secret {
  id: string;
  name: string;
}

/** The kinds of dependents that the API lists page by page. */
export const PAGED_KINDS = ["tools", "agents", "phone_numbers"] as const;
export type PagedKind = (typeof PAGED_KINDS)[number];

/** Something that uses a secret. */
export interface Dependent {
  /** As the API names it. Source: `used_by` of the reference page for getting a secret. */
  kind: PagedKind | "mcp_servers" | "others";
  /** Missing for `others`, which the API tells by a word alone. */
  id?: string;
  /** Missing where the key has no access to the dependent; for `others`, the API's word. */
  name?: string;
}

export interface SecretWithDependents extends Secret {
  /** The first few of each kind. */
  dependents: Dependent[];
  /** The kinds of which there are more. */
  more: PagedKind[];
}

/** A secret, and how much uses it. */
export interface CountedSecret extends Secret {
  /** Undefined where the API does not tell. */
  users: number | undefined;
  /** Whether there are more users than that. */
  more: boolean;
}

/** The six calls of the workspace-secret API. Every failure is an `ApiError`. */
export class ElevenLabsApi {
  private readonly transport: Transport;

  constructor(private readonly options: TransportOptions) {
    this.transport = new Transport(options);
  }

  /**
   * Creates a secret. The API makes one of each POST that it takes, so none is sent again that may have been taken: `appeared`
   * is asked for the secret instead, again and again, since a list may lag behind what was written. An error with
   * `outcomeUnknown` means that it may exist all the same.
   */
  async createSecret(name: string, value: string, appeared: () => Promise<Secret | undefined>): Promise<Secret> {
    const body = { type: "new", name, value };
    try {
      return toSecret(await this.transport.send({ method: "POST", path: SECRETS, body, answer: storedSecret }));
    } catch (error) {
      if (!(error instanceof ApiError) || !error.outcomeUnknown) throw error;
      const secret = await firstOf(appeared, LOOK_PAUSES_MS.slice(0, this.options.maxRetries + 1));
      if (secret === undefined) throw error;
      return secret;
    }
  }

  /** All secrets, or those whose names start with `search`. */
  async listSecrets({ search }: { search?: string } = {}): Promise<Secret[]> {
    const pages = await this.pages(SECRETS, { search, dependency_limit: 1 }, secretPage);
    return pages.flatMap(({ secrets }) => secrets.map(toSecret));
  }

  /** The same, each with the number of its dependents, which the API counts up to 100 of a kind. */
  async countDependents({ search }: { search?: string } = {}): Promise<CountedSecret[]> {
    const pages = await this.pages(SECRETS, { search, dependency_limit: 100 }, secretPageWithDependents);
    return pages.flatMap(({ secrets }) =>
      secrets.map((answer) => {
        const used = answer.used_by;
        const users = used && dependentsOf(used).length;
        return { ...toSecret(answer), users, more: used !== undefined && kindsWithMore(used).length > 0 };
      }),
    );
  }

  /** Throws an error with `isNotFound` where there is none. */
  async getSecret(id: string): Promise<SecretWithDependents> {
    const answer = await this.transport.send({ method: "GET", path: pathOf(id), answer: secretWithDependents });
    const { used_by: used } = answer;
    return { ...toSecret(answer), dependents: dependentsOf(used), more: kindsWithMore(used) };
  }

  /** Sets name and value; the API wants both. */
  async updateSecret(id: string, name: string, value: string): Promise<Secret> {
    const body = { type: "update", name, value };
    return toSecret(await this.transport.send({ method: "PATCH", path: pathOf(id), body, answer: storedSecret }));
  }

  /** Throws an error with `isNotFound` where there is none, with `isRefusal` where the API will not, as for one in use. */
  async deleteSecret(id: string): Promise<void> {
    await this.transport.send({ method: "DELETE", path: pathOf(id), answer: "empty" });
  }

  /** All dependents of one kind. */
  async listDependents(id: string, kind: PagedKind): Promise<Dependent[]> {
    const pages = await this.pages(`${pathOf(id)}/dependencies/${kind}`, { page_size: 100 }, dependentPage);
    return pages.flatMap(({ dependencies }) => dependencies.map((item) => toDependent(kind, item)));
  }

  private async pages<Page extends { next_cursor?: string | null | undefined }>(
    path: string,
    query: Record<string, string | number | undefined>,
    answer: v.GenericSchema<unknown, Page>,
  ): Promise<Page[]> {
    const pages: Page[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.transport.send({ method: "GET", path, query: { ...query, cursor }, answer });
      pages.push(page);
      // An empty cursor would name the first page again.
      cursor = page.next_cursor || undefined;
      if (cursor !== undefined && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
        throw new MalformedAnswerError("the pages of the listing never end");
      }
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
    return pages;
  }
}

/** Before each further look for what a POST has made, 10.5 s in all: how far the API's lists lag is not documented. */
const LOOK_PAUSES_MS = [500, 1_000, 2_000, 3_000, 4_000];

/** Looks at once, and again after each pause, until there is something to see. */
async function firstOf<T>(look: () => Promise<T | undefined>, pausesMs: number[]): Promise<T | undefined> {
  for (const pauseMs of [0, ...pausesMs]) {
    await setTimeout(pauseMs);
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (error) {
      // A later look may go through.
      if (!(error instanceof ApiError)) throw error;
    }
  }
  return undefined;
}

/** Far more than any workspace has. */
const MOST_PAGES = 1_000;

function pathOf(id: string): string {
  // The first would name the whole listing; the dots survive every escape, and would climb up the path.
  if (["", ".", ".."].includes(id)) throw new IdError(`${quoted(id)} is no id of a secret`);
  return `${SECRETS}/${encodeURIComponent(id.toWellFormed())}`;
}

function toSecret(answer: { secret_id: string; name: string }): Secret {
  return { id: answer.secret_id, name: answer.name };
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

function toDependent(kind: Dependent["kind"], item: DependentAnswer | PhoneNumber): Dependent {
  const [id, name] =
    "phone_number_id" in item ? [item.phone_number_id, item.label || item.phone_number] : [item.id, item.name];
  return { kind, ...(id ? { id } : {}), ...(name ? { name } : {}) };
}
