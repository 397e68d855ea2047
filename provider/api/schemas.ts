import * as v from "valibot";

// The shapes of the reference pages. What the API adds later is let through unseen; what it documents must be there.

const id = v.pipe(v.string(), v.nonEmpty());

/** Answer of create and update. */
export const storedSecret = v.object({ secret_id: id, name: v.string() });

const available = v.object({ type: v.literal("available"), id, name: v.string() });
/** A dependent to which the key has no access. */
const unknown = v.object({ type: v.literal("unknown"), id });
const dependent = v.variant("type", [available, unknown]);

const phoneNumber = v.object({
  phone_number_id: id,
  phone_number: v.string(),
  label: v.string(),
  provider: v.string(),
});

const usedBy = v.object({
  tools: v.array(dependent),
  tools_has_more: v.optional(v.boolean(), false),
  agents: v.array(dependent),
  agents_has_more: v.optional(v.boolean(), false),
  phone_numbers: v.optional(v.array(phoneNumber), []),
  phone_numbers_has_more: v.optional(v.boolean(), false),
  mcp_servers: v.optional(v.array(dependent), []),
  others: v.array(v.string()),
});

/** Answer of get. */
export const secretWithDependents = v.object({ ...storedSecret.entries, used_by: usedBy });

/** Answer of list. What `used_by` holds is asked for one secret at a time, so it is not looked at here. */
export const secretPage = v.object({
  secrets: v.array(storedSecret),
  next_cursor: v.nullish(v.string()),
});

/** The same, with what uses each secret; where that is odd, it counts as not told, and the listing stays of use. */
export const secretPageWithDependents = v.object({
  secrets: v.array(v.object({ ...storedSecret.entries, used_by: v.fallback(v.optional(usedBy), undefined) })),
  next_cursor: v.nullish(v.string()),
});

export const dependentPage = v.object({
  dependencies: v.array(v.union([dependent, phoneNumber])),
  next_cursor: v.nullish(v.string()),
});

/** The forms of an error's body. */
export const errorBody = v.object({
  detail: v.union([
    v.string(),
    v.array(v.object({ loc: v.optional(v.array(v.union([v.string(), v.number()]))), msg: v.string() })),
    v.object({
      message: v.optional(v.nullable(v.string())),
      code: v.optional(v.nullable(v.string())),
      status: v.optional(v.nullable(v.string())),
      request_id: v.optional(v.nullable(v.string())),
    }),
  ]),
});

export type Dependent = v.InferOutput<typeof dependent>;
export type UsedBy = v.InferOutput<typeof usedBy>;
export type PhoneNumber = v.InferOutput<typeof phoneNumber>;
