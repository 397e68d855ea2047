import { preview } from "../dependents";
import { type OperationDefinition, secretOf, stored } from "./operation";

export const get: OperationDefinition = {
  operation: "get",
  method: "GET",
  path: /^\/v1\/convai\/secrets\/([^/]+)$/,
  needs: "read",
  run(call) {
    const secret = secretOf(call);
    return { status: 200, body: { ...stored(secret), used_by: preview(secret.dependents) } };
  },
};
