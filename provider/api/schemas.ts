import * as v from "valibot";

// The response formats of the reference pages. Fields that the API adds later are ignored. Documented fields are required.

const id = v.pipe(v.string(), v.nonEmpty());

/** The response to create and update. */
export const storedSecret = v.object({ secret_id: id, name: v.string() });

// Dependents are only shown to people, so an unexpected dependent must not fail a call that needs only id and name. Each part
// may be missing, or of an undocumented type.
const text = v.fallback(v.nullish(v.string()), undefined);
const list = <Schema extends v.GenericSchema>(item: Schema) => v.nullish(v.array(item), []);
const hasMore = v.fallback(v.nullish(v.boolean(), false), false);

/** A tool, agent or MCP server. The name is missing if the key has no access. */
const dependent = v.fallback(v.object({ id: text, name: text }), {});
const phoneNumber = v.object({ phone_number_id: v.string(), phone_number: text, label: text });

const usedBy = v.object({
  tools: list(dependent),
  tools_has_more: hasMore,
  agents: list(dependent),
  agents_has_more: hasMore,
  phone_numbers: list(v.union([phoneNumber, dependent])),
  phone_numbers_has_more: hasMore,
  mcp_servers: list(dependent),
  others: list(text),
});

/** The response to get. */
export const secretWithDependents = v.object({
  ...storedSecret.entries,
  used_by: v.fallback(v.optional(usedBy), undefined),
});

/** The response to list. `used_by` is ignored here: dependents are read one secret at a time. */
export const secretPage = v.object({
  secrets: v.array(storedSecret),
  next_cursor: v.nullish(v.string()),
});

/** The response to list, with dependents. If they are malformed, they are treated as missing, so the list can still be used. */
export const secretPageWithDependents = v.object({
  secrets: v.array(v.object({ ...storedSecret.entries, used_by: v.fallback(v.optional(usedBy), undefined) })),
  next_cursor: v.nullish(v.string()),
});

export const dependentPage = v.object({
  dependencies: v.array(v.union([phoneNumber, dependent])),
  next_cursor: v.nullish(v.string()),
});

/** The formats of an error's body. */
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
