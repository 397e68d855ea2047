import { inputType } from "../../messages/check.js";
import type { CheckFailure } from "../../messages/problem.js";
import { getDependents, getSecret, listSecrets } from "../../secret/functions.js";
import { typeText } from "../../text/typeText.js";
import type { Workspaces } from "../../workspaces/workspaces.js";
import type { Properties } from "./properties.js";

/** Maps tokens to functions. A function must return an object, so a list is one of its properties. */
export const FUNCTIONS: Record<string, (workspaces: Workspaces, args: Properties) => Promise<Properties>> = {
  "elevenlabs:index:getWorkspaceSecret": async (workspaces, args) => {
    const { secretId, name, workspace } = args as Texts;
    const key = { ...(secretId === undefined ? {} : { secretId }), ...(name === undefined ? {} : { name }) };
    return resultOf(await getSecret(workspaces, key, workspace));
  },
  "elevenlabs:index:listWorkspaceSecrets": async (workspaces, args) => {
    const { prefix, workspace } = args as Texts;
    return { secrets: (await listSecrets(workspaces, prefix, workspace)).map(resultOf) };
  },
  "elevenlabs:index:getSecretDependents": async (workspaces, args) => {
    const { secretId = "", workspace } = args as Texts;
    return { dependents: await getDependents(workspaces, secretId, workspace) };
  },
};

/** All arguments of all functions are strings. Programs in other languages may send other types. */
export function argumentFailures(args: Properties): CheckFailure[] {
  return Object.entries(args)
    .filter(([, given]) => typeof given !== "string")
    .map(([property, given]) => inputType(property, { expected: "a string", given: typeText(given) }));
}

type Texts = Record<string, string | undefined>;

function resultOf({ id, name }: { id: string; name: string }): Properties {
  return { secretId: id, name };
}
