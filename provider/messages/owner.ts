import type { OwnedFacts } from "../ownership/ownership.js";
import { quoted, sanitized } from "../text/sanitize.js";
import { deleteFromState, pulumiUp } from "./commands.js";
import type { Explanation, Reader } from "./problem.js";
import { commandFor } from "./text.js";

/** Explains which resource owns the secret. */
export function explainOwner(facts: OwnedFacts, reader: Reader): Explanation {
  const { id, where } = facts;
  const other = quoted(facts.resource);
  const secret = id === undefined ? "this secret" : `secret ${sanitized(id)}`;
  if (where === "program") {
    return [
      `${secret} already belongs to resource ${other} of this program`,
      "Choose another name for the secret of this resource, or remove one of the two resources from the program.",
    ];
  }
  if (where === "both") {
    return [
      `it also belongs to resource ${other} of this program`,
      "Remove one of the two resources from the program. The other resource then owns the secret.",
    ];
  }
  if (where === "refused") {
    return [
      `resource ${other} of this program needs the secret, but didn't get it`,
      `Nothing was deleted. Follow the advice in the error of ${other}.`,
    ];
  }
  const urn = facts.urn ?? "URN";
  // A URN works for any parent and type. An alias without a parent refers to the new parent.
  const alias = facts.isInComponent
    ? `aliases: { KEY: ${quoted(urn)} } to the arguments of WorkspaceSecrets`
    : `aliases: [${quoted(urn)}] to the options`;
  if (facts.strangerType !== undefined)
    return explainStranger({ ...facts, urn, type: facts.strangerType, alias }, reader);
  return [
    `${secret} belongs to resource ${other} of this stack`,
    `If it is the same resource under another name, parent or kind of provider, add ${alias}.`,
    `Otherwise, first run "${commandFor(reader, pulumiUp())}" without this change, but with another name for the secret of ${other}, or without ${other} (this deletes its secret).`,
  ];
}

function explainStranger(
  { id, resource, urn, type, alias }: OwnedFacts & { urn: string; type: string; alias: string },
  reader: Reader,
): Explanation {
  const other = quoted(resource);
  const forget = commandFor(reader, deleteFromState(urn));
  const hasOtherId = type.startsWith("command:");
  return [
    `resource ${other} of this stack (${sanitized(type)}) seems to manage ${id === undefined ? "this secret" : `secret ${sanitized(id)}`}, and would delete the secret when the resource is removed`,
    ...(hasOtherId
      ? [
          `To take over the secret, remove ${other} from the program and from the state (this deletes nothing): ${forget}`,
        ]
      : [
          `To take over the secret, remove ${other} from the program, and add ${alias}.`,
          `If the id of ${other} isn't the secret's id, remove ${other} from the state instead (this deletes nothing): ${forget}`,
        ]),
  ];
}
