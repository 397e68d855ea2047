import { randomInt, randomUUID } from "node:crypto";

/** A tool, agent or MCP server that the API key's owner can see. */
export interface AvailableDependent {
  type: "available";
  id: string;
  name: string;
  created_at_unix_secs: number;
  access_level: "admin" | "editor" | "commenter" | "viewer";
  /** Agents only: the ids of the resources through which the agent uses the secret. */
  referenced_resource_ids?: string[];
}

/** A tool, agent or MCP server that the API key's owner can't see. */
export interface UnknownDependent {
  type: "unknown";
  id: string;
  /** Agents only: the ids of the resources through which the agent uses the secret. */
  referenced_resource_ids?: string[];
}

/** A phone number that uses a secret. */
export interface PhoneNumberDependent {
  phone_number_id: string;
  phone_number: string;
  label: string;
  provider: "twilio" | "sip_trunk" | "exotel";
}

/** Everything that uses a secret. */
export interface Dependents {
  tools: (AvailableDependent | UnknownDependent)[];
  agents: (AvailableDependent | UnknownDependent)[];
  phone_numbers: PhoneNumberDependent[];
  mcp_servers: (AvailableDependent | UnknownDependent)[];
  /** Other uses, such as `conversation_initiation_webhook`. */
  others: string[];
}

/**
 * A short form of `Dependents`. A kind that is omitted is empty. A string creates a dependent with that name, or a phone number
 * with that label.
 */
export type DependentSeeds = { [Kind in keyof Dependents]?: (Dependents[Kind][number] | string)[] };

export const RESOURCE_TYPES = ["tools", "agents", "phone_numbers"] as const;
/** How many tools, agents and phone numbers the API lists in `used_by` and on one page by default. */
export const DEFAULT_PAGE_SIZE = 10;

const available = (name: string): AvailableDependent => ({
  type: "available",
  id: randomUUID(),
  name,
  created_at_unix_secs: Math.floor(Date.now() / 1000),
  access_level: "admin",
});

const phoneNumber = (label: string): PhoneNumberDependent => ({
  phone_number_id: randomUUID(),
  phone_number: `+1555${randomInt(1_000_000, 10_000_000)}`,
  label,
  provider: "twilio",
});

function expand<T>(seeds: (T | string)[] = [], make: (name: string) => T): T[] {
  return seeds.map((seed) => (typeof seed === "string" ? make(seed) : structuredClone(seed)));
}

export function dependentsFrom(seeds: DependentSeeds): Dependents {
  return {
    tools: expand(seeds.tools, available),
    agents: expand(seeds.agents, (name) => ({ ...available(name), referenced_resource_ids: [] })),
    phone_numbers: expand(seeds.phone_numbers, phoneNumber),
    mcp_servers: expand(seeds.mcp_servers, available),
    others: [...(seeds.others ?? [])],
  };
}

export function isUsed(dependents: Dependents): boolean {
  return Object.values(dependents).some((kind) => kind.length > 0);
}

/** The `used_by` field of a response. */
export function preview(dependents: Dependents, limit: number = DEFAULT_PAGE_SIZE) {
  const { tools, agents, phone_numbers } = dependents;
  return {
    ...dependents,
    tools: tools.slice(0, limit),
    tools_has_more: tools.length > limit,
    agents: agents.slice(0, limit),
    agents_has_more: agents.length > limit,
    phone_numbers: phone_numbers.slice(0, limit),
    phone_numbers_has_more: phone_numbers.length > limit,
  };
}
