import * as pulumi from "@pulumi/pulumi";
import { REGISTRATION_INPUT } from "../../provider/hosts/dynamic/registrationInput.js";
import { PROVIDER_TEXT, TYPE_TOKEN } from "../../provider/hosts/dynamic/storedFormats.js";
import type { WorkspaceSecretInputs } from "../../provider/secret/inputs.js";
import { claimId, claimName } from "./claims.js";
import { isUnderMocks, requireUsableProgram } from "./programChecks.js";
import { registrationOf } from "./sentRegistration.js";
import { checkedTriggers } from "./triggers.js";

/** The arguments of a {@link WorkspaceSecret}; all but `value` may be left out. */
export type WorkspaceSecretArgs = {
  [Key in keyof Pick<WorkspaceSecretInputs, "value">]: pulumi.Input<WorkspaceSecretInputs[Key]>;
} & {
  // With `undefined`, for programs under `exactOptionalPropertyTypes`.
  [Key in keyof Omit<WorkspaceSecretInputs, "value">]?: pulumi.Input<WorkspaceSecretInputs[Key]> | undefined;
};

/**
 * A secret of an ElevenLabs workspace, such as a token that an agent's tool sends to your CRM.
 *
 * The value comes from where you keep it (a Pulumi config secret, another resource's output) and goes to the API; the state
 * holds it encrypted, as an input. The API never returns it, so a value that was changed by hand cannot be seen: change
 * `triggers` to push it again.
 *
 * @example
 * ```ts
 * const config = new pulumi.Config();
 * const token = new WorkspaceSecret("CRM_TOKEN", { value: config.requireSecret("crmToken") });
 * export const tokenId = token.secretId;
 * ```
 *
 * @example Take over a secret that was made by hand, and keep its id when it is renamed:
 * ```ts
 * new WorkspaceSecret("crm", {
 *   name: "CRM_TOKEN",
 *   value: config.requireSecret("crmToken"),
 *   onExisting: "overwrite",
 *   onNameChange: "rename",
 * });
 * ```
 */
export class WorkspaceSecret extends pulumi.CustomResource {
  /** The secret's id, by which agents and tools refer to it. */
  declare readonly secretId: pulumi.Output<string>;
  /** The secret's name in the workspace. */
  declare readonly name: pulumi.Output<string>;
  /** The configured workspace that holds it; `"default"` is that of the top-level config. */
  declare readonly workspace: pulumi.Output<string>;
  /** The API origin that it lives at, such as `https://api.elevenlabs.io`. */
  declare readonly endpoint: pulumi.Output<string>;
  /** `{ secret_id }`: the shape in which an agent's or a tool's config names a secret. */
  get reference(): pulumi.Output<{ secret_id: string }> {
    // Made when asked for: the state holds the id often enough, and every output costs the program time.
    this.madeReference ??= this.secretId.apply((secret_id) => ({ secret_id }));
    return this.madeReference;
  }
  declare private madeReference?: pulumi.Output<{ secret_id: string }>;

  /** Whether `resource` is a `WorkspaceSecret`, also one of another copy of this package. */
  static override isInstance(resource: unknown): resource is WorkspaceSecret {
    const type = (resource as { __pulumiType?: string } | undefined)?.__pulumiType;
    return pulumi.Resource.isInstance(resource) && type === TYPE_TOKEN;
  }

  /**
   * Looks up a secret that something else manages, to use its outputs. It is neither changed nor deleted by this stack.
   *
   * @param name The resource's logical name.
   * @param id The secret's id in the workspace.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args: { workspace?: pulumi.Input<string> } = {},
    opts?: pulumi.CustomResourceOptions,
  ): WorkspaceSecret {
    return new WorkspaceSecret(name, args as WorkspaceSecretArgs, { ...opts, id });
  }

  constructor(name: string, args: WorkspaceSecretArgs, opts: pulumi.CustomResourceOptions = {}) {
    if (opts.import !== undefined) {
      throw new pulumi.RunError(
        `WorkspaceSecret "${name}": dynamic resources cannot be imported.\n` +
          `Set  existingId: ${JSON.stringify(opts.import)}  in its arguments instead of the import option: it takes that very secret over.`,
      );
    }
    requireUsableProgram(args?.workspace);
    const isLookup = opts.id !== undefined;
    const outputs = { secretId: undefined, name: undefined, workspace: undefined, endpoint: undefined };
    const digests = isLookup || args?.triggers === undefined ? ["valueDigest"] : ["valueDigest", "triggersDigest"];
    const registration = isLookup || isUnderMocks() ? undefined : registrationOf(name, args ?? {}, opts);
    const properties = {
      ...outputs,
      ...(isLookup ? args : managed(name, args ?? {})),
      ...(registration && { [REGISTRATION_INPUT]: registration.input }),
      __provider: PROVIDER_TEXT,
    };
    const options = { ...opts, additionalSecretOutputs: [...(opts.additionalSecretOutputs ?? []), ...digests] };
    // The SDK keeps the stack of every promise that it makes, for its search for leaked ones: a third of a program's time.
    // The place in the program that the engine notes is found without this limit.
    const { stackTraceLimit } = Error;
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
    try {
      super(TYPE_TOKEN, name, properties, options);
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error, WorkspaceSecret);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    registration?.complete(this);
    if (isUnderMocks()) {
      const { id, secretId } = this;
      (this as { secretId: pulumi.Output<string> }).secretId = pulumi
        .all([id, secretId as pulumi.Output<string | undefined>])
        .apply(([ofMock, given]) => given ?? ofMock);
    }
  }
}

function managed(logicalName: string, args: WorkspaceSecretArgs): Record<string, unknown> {
  return {
    ...args,
    name: claimName(logicalName, args.name, args.workspace),
    // An input that is not there must not become an output either.
    ...(args.triggers === undefined ? {} : { triggers: checkedTriggers(logicalName, args.triggers) }),
    ...(args.existingId === undefined ? {} : { existingId: claimId(logicalName, args.existingId) }),
    value: args.value === undefined || args.value === null ? undefined : pulumi.secret(args.value),
  };
}
