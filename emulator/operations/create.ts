import * as v from "valibot";
import { nameTaken } from "../errorResponses";
import { check, text } from "../validation";
import { type OperationDefinition, stored } from "./operation";

const Body = v.object({ type: v.literal("new"), name: text, value: text });

export const create: OperationDefinition = {
  operation: "create",
  method: "POST",
  path: /^\/v1\/convai\/secrets$/,
  needs: "write",
  run({ workspace, rules, json }) {
    const { name: given, value } = check("body", Body, json());
    const name = rules.normalizeName(given);
    if (rules.uniqueNames && workspace.hasName(name)) throw nameTaken(name);
    return { status: 200, body: stored(workspace.add(name, value)) };
  },
};
