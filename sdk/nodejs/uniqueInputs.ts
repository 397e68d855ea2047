import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_WORKSPACE } from "../../provider/pulumi/configPath.js";
import { perRun } from "./perRun.js";
import { programError } from "./programError.js";

// The provider sees one resource at a time. Only the program sees them all, so two resources for one secret are found here,
// and a preview fails too.

/** The logical names of the resources of this run, by what no two of them may share. */
type Resources = Map<string, string>;

const resourcesOfRun = perRun((): Resources => new Map());
/** Explicit providers may mean different workspaces, so each has resources of its own. */
const resourcesByProvider = new WeakMap<pulumi.ProviderResource, Resources>();

/** A resource of the program. */
export interface Declared {
  logicalName: string;
  /** The explicit provider, if there is one. */
  scope?: pulumi.ProviderResource | undefined;
}

function resourcesIn(scope: pulumi.ProviderResource | undefined): Resources {
  if (!scope) return resourcesOfRun();
  const known = resourcesByProvider.get(scope) ?? new Map();
  resourcesByProvider.set(scope, known);
  return known;
}

/** The name of the secret. Throws if another resource of the program has the same name in the same workspace. */
export function uniqueName(
  { logicalName, scope }: Declared,
  given: pulumi.Input<string | undefined>,
  workspace: pulumi.Input<string | undefined>,
): pulumi.Input<string> {
  const resources = resourcesIn(scope);
  return whenKnown([given, workspace], ([name = logicalName, workspaceName = DEFAULT_WORKSPACE]) => {
    // Any other type fails the provider's check.
    if (typeof name === "string" && typeof workspaceName === "string") {
      reserve(resources, logicalName, { input: "name", given: name, workspace: workspaceName });
    }
    return name;
  });
}

/** The id of the secret to adopt. Throws if another resource of the program adopts the same secret. */
export function uniqueExistingId(
  { logicalName, scope }: Declared,
  existingId: pulumi.Input<string | undefined>,
): pulumi.Input<string | undefined> {
  const resources = resourcesIn(scope);
  return whenKnown([existingId], ([id]) => {
    if (typeof id === "string") reserve(resources, logicalName, { input: "existingId", given: id });
    return id;
  });
}

interface Unique {
  input: "name" | "existingId";
  given: string;
  workspace?: string;
}

/** Records that this resource has a name or id that no other resource may have. */
function reserve(resources: Map<string, string>, logicalName: string, unique: Unique): void {
  const { input, given, workspace } = unique;
  const key = JSON.stringify([input, given, workspace]);
  const holder = resources.get(key);
  if (holder !== undefined) {
    throw programError("declared-twice", { holder, ...unique }, { step: "declareSecret", name: logicalName });
  }
  resources.set(key, logicalName);
}

/** Runs `then` at once if all inputs are plain, so that an error stops the program at the line of the resource. */
function whenKnown<T>(
  inputs: pulumi.Input<string | undefined>[],
  then: (values: (string | undefined)[]) => T,
): pulumi.Input<T> {
  const arePlain = inputs.every((input) => input === undefined || typeof input !== "object");
  return arePlain
    ? then(inputs as (string | undefined)[])
    : (pulumi.all(inputs as pulumi.Input<string>[]).apply(then) as pulumi.Output<T>);
}
