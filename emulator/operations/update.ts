import * as v from "valibot";
import { nameTaken } from "../errorResponses";
import { check, text } from "../validation";
import { type OperationDefinition, secretOf, stored } from "./operation";

const Body = v.object({ type: v.literal("update"), name: text, value: text });

export const update: OperationDefinition = {
  operation: "update",
  method: "PATCH",
  path: /^\/v1\/convai\/secrets\/([^/]+)$/,
  needs: "write",
  run(call) {
    const { name: given, value } = check("body", Body, call.json());
    const name = call.rules.normalizeName(given);
    const secret = secretOf(call);
    if (call.rules.uniqueNames && call.workspace.hasName(name, secret.id)) throw nameTaken(name);
    call.workspace.rename(secret.id, name);
    call.workspace.setValue(secret.id, value);
    return { status: 200, body: stored(secretOf(call)) };
  },
};
