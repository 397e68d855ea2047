import * as v from "valibot";
import { DEFAULT_PAGE_SIZE, RESOURCE_TYPES } from "../dependents";
import { check, limit } from "../validation";
import { type OperationDefinition, secretOf } from "./operation";

const Path = v.object({ resource_type: v.picklist(RESOURCE_TYPES) });
const Query = v.object({ page_size: v.optional(limit), cursor: v.optional(v.string()) });

export const dependencies: OperationDefinition = {
  operation: "dependencies",
  method: "GET",
  path: /^\/v1\/convai\/secrets\/([^/]+)\/dependencies\/([^/]+)$/,
  needs: "read",
  run(call) {
    const { resource_type } = check("path", Path, { resource_type: call.path[1] });
    const { page_size: size = DEFAULT_PAGE_SIZE, cursor } = check("query", Query, call.query);
    const { id, dependents } = secretOf(call);
    const all = dependents[resource_type].map((item, order) => ({ order, item }));
    const { items, next_cursor } = call.workspace.cursors.page(all, { scope: `${id}/${resource_type}`, size, cursor });
    return { status: 200, body: { dependencies: items, next_cursor } };
  },
};
