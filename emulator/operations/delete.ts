import { isUsed } from "../dependents";
import { secretInUse } from "../errorResponses";
import { type OperationDefinition, secretOf } from "./operation";

export const remove: OperationDefinition = {
  operation: "delete",
  method: "DELETE",
  path: /^\/v1\/convai\/secrets\/([^/]+)$/,
  needs: "write",
  run(call) {
    const secret = secretOf(call);
    if (isUsed(secret.dependents)) throw secretInUse(call.rules.inUseStatus);
    call.workspace.remove(secret.id);
    return { status: 204 };
  },
};
