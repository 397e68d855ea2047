import * as pulumi from "@pulumi/pulumi";
import { inputNames, type WorkspaceSecretInputs } from "../../provider/secret/inputs.js";
import { suspendStackTraces } from "./stackTraces.js";
import { checkedTriggers } from "./triggers.js";
import { isUnderMocks } from "./underMocks.js";
import { uniqueExistingId, uniqueName } from "./uniqueInputs.js";

/** The arguments of a `WorkspaceSecret`. Only `value` is required. */
export type WorkspaceSecretArgs = {
  [Key in keyof Pick<WorkspaceSecretInputs, "value">]: pulumi.Input<WorkspaceSecretInputs[Key]>;
} & {
  // With `undefined`, for programs that use `exactOptionalPropertyTypes`.
  [Key in keyof Omit<WorkspaceSecretInputs, "value">]?: pulumi.Input<WorkspaceSecretInputs[Key]> | undefined;
};

const SECRET_INPUTS = inputNames(({ isSecret }) => isSecret === true);
const OUTPUTS = ["secretId", ...inputNames(({ inState }) => inState === "output"), "endpoint"];

/** What the classes of both hosts share: the outputs of a secret, and how it is registered. */
export class SecretResource extends pulumi.CustomResource {
  /** The secret's id, by which agents and tools refer to it. */
  declare readonly secretId: pulumi.Output<string>;
  /** The secret's name in the workspace. */
  declare readonly name: pulumi.Output<string>;
  /** The configured workspace that has the secret; `"default"` is the one of the top-level config. */
  declare readonly workspace: pulumi.Output<string>;
  /** The API origin where the secret lives, such as `https://api.elevenlabs.io`. */
  declare readonly endpoint: pulumi.Output<string>;
  /** `{ secret_id }`: how the config of an agent or a tool refers to a secret. */
  get reference(): pulumi.Output<{ secret_id: string }> {
    // Made when it is first read: the state has the id anyway, and every output takes the program time.
    this.madeReference ??= this.secretId.apply((secret_id) => ({ secret_id }));
    return this.madeReference;
  }
  declare private madeReference?: pulumi.Output<{ secret_id: string }>;

  /** @internal */
  constructor(type: string, name: string, inputs: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
    const outputs = Object.fromEntries(OUTPUTS.map((output) => [output, undefined]));
    const stackTraces = suspendStackTraces();
    try {
      super(type, name, { ...outputs, ...inputs }, opts);
    } catch (error) {
      throw stackTraces.addTo(error, new.target);
    } finally {
      stackTraces.resume();
    }
    if (isUnderMocks()) {
      // A mock returns the inputs as outputs, usually without `secretId`: then the resource's id serves.
      const { id, secretId } = this;
      (this as { secretId: pulumi.Output<string> }).secretId = pulumi
        .all([id, secretId as pulumi.Output<string | undefined>])
        .apply(([mockedId, given]) => given ?? mockedId);
    }
  }
}

/** The inputs of a secret that this stack manages. `scope` is the explicit provider, if there is one. */
export function managedInputs(
  logicalName: string,
  args: WorkspaceSecretArgs,
  scope?: pulumi.ProviderResource,
): Record<string, unknown> {
  return {
    ...args,
    name: uniqueName({ logicalName, scope }, args.name, args.workspace),
    // With the value `undefined`, an input that isn't given would become an output.
    ...(args.triggers === undefined ? {} : { triggers: checkedTriggers(logicalName, args.triggers) }),
    ...(args.existingId === undefined ? {} : { existingId: uniqueExistingId({ logicalName, scope }, args.existingId) }),
    ...Object.fromEntries(SECRET_INPUTS.map((input) => [input, secretInput(args[input])])),
  };
}

/** Null counts as not given, and so fails the check. */
function secretInput(given: unknown): pulumi.Output<unknown> | undefined {
  return given === undefined || given === null ? undefined : pulumi.secret(given);
}
