import * as v from "valibot";
import { preview } from "../dependents";
import { check, limit } from "../validation";
import { type OperationDefinition, stored } from "./operation";

const Query = v.object({
  page_size: v.optional(limit),
  dependency_limit: v.optional(limit),
  search: v.optional(v.string(), ""),
  cursor: v.optional(v.string()),
});

export const list: OperationDefinition = {
  operation: "list",
  method: "GET",
  path: /^\/v1\/convai\/secrets$/,
  needs: "read",
  run({ workspace, rules, query }) {
    const { page_size, dependency_limit, search, cursor } = check("query", Query, query);
    const found = workspace.listed().filter(({ item }) => item.name.startsWith(search));
    const size = page_size ?? rules.forcePageSize ?? Number.POSITIVE_INFINITY;
    const { items, next_cursor } = workspace.cursors.page(found, { scope: "secrets", size, cursor });
    const secrets = items.map((secret) => ({
      ...stored(secret),
      used_by: preview(secret.dependents, dependency_limit),
    }));
    return { status: 200, body: { secrets, next_cursor } };
  },
};
