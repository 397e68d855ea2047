import * as pulumi from "@pulumi/pulumi";
import { perRun } from "./perRun.js";

// The provider sees one resource at a time; the program sees them all, so it is the one to notice two of a kind, at preview.

/** By what is claimed, the logical name of the resource. */
const claimsOfRun = perRun(() => new Map<string, string>());

/** The secret's name; fails where another resource of the program has it, in the same workspace. */
export function claimName(
  logicalName: string,
  given: pulumi.Input<string | undefined>,
  workspace: pulumi.Input<string | undefined>,
): pulumi.Input<string> {
  const claims = claimsOfRun();
  return whenKnown([given, workspace], ([name = logicalName, where = "default"]) => {
    if (typeof name === "string")
      claim(claims, `name ${JSON.stringify(name)} in workspace ${JSON.stringify(where)}`, logicalName);
    return name;
  });
}

/** Fails where another resource of the program takes over the same secret. */
export function claimId(
  logicalName: string,
  existingId: pulumi.Input<string | undefined>,
): pulumi.Input<string | undefined> {
  const claims = claimsOfRun();
  return whenKnown([existingId], ([id]) => {
    if (typeof id === "string") claim(claims, `existingId ${JSON.stringify(id)}`, logicalName);
    return id;
  });
}

function claim(claims: Map<string, string>, what: string, logicalName: string): void {
  const holder = claims.get(what);
  if (holder !== undefined) {
    throw new pulumi.RunError(
      `WorkspaceSecret "${logicalName}": "${holder}" has the ${what} already.\nGive one of the two another, or remove it from the program.`,
    );
  }
  claims.set(what, logicalName);
}

/** At once where all is plain, so that the error carries the line of the program; else when it becomes known. */
function whenKnown<T>(
  inputs: pulumi.Input<string | undefined>[],
  then: (values: (string | undefined)[]) => T,
): pulumi.Input<T> {
  const isPlain = inputs.every((input) => input === undefined || typeof input !== "object");
  return isPlain
    ? then(inputs as (string | undefined)[])
    : (pulumi.all(inputs as pulumi.Input<string>[]).apply(then) as pulumi.Output<T>);
}
