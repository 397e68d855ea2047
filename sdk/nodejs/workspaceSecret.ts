import * as pulumi from "@pulumi/pulumi";
import { PROVIDER_TEXT } from "../../provider/hosts/dynamic/storedFormats.js";
import { DYNAMIC_TYPE } from "../../provider/hosts/typeTokens.js";
import { INPUTS, inputNames } from "../../provider/secret/inputs.js";
import { requireUsableConfig, requireUsablePackage } from "./programChecks.js";
import { programError } from "./programError.js";
import { registrationOf } from "./registration.js";
import { construction, referenceOf, type SecretReference, type WorkspaceSecretArgs } from "./secretResource.js";
import { importUnsupported } from "./wording.js";

export type { WorkspaceSecretArgs };

const DIGESTED_INPUTS = inputNames(({ inState }) => inState === "digest");

/**
 * A secret of an ElevenLabs workspace, such as a token that an agent's tool sends to your CRM.
 *
 * The value comes from where you keep it (a Pulumi config secret, an output of another resource) and is sent to the API. The
 * state contains it encrypted, as an input. The API never returns a value, so Pulumi can't see that someone changed it by hand:
 * change `triggers` to push it again.
 *
 * @example
 * ```ts
 * const config = new pulumi.Config();
 * const token = new WorkspaceSecret("CRM_TOKEN", { value: config.requireSecret("crmToken") });
 * export const tokenId = token.secretId;
 * ```
 *
 * @example Adopt a secret that was created by hand, and keep its id if you rename it:
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
  /** The configured workspace that has the secret; `"default"` is the one of the top-level config. */
  declare readonly workspace: pulumi.Output<string>;
  /** The base URL of the API where the secret lives, such as `https://api.elevenlabs.io`. */
  declare readonly endpoint: pulumi.Output<string>;
  /** `{ secret_id }`: the object with which the config of an agent or a tool refers to a secret. */
  get reference(): SecretReference {
    return referenceOf(this);
  }

  /** Whether `resource` is a `WorkspaceSecret`, even if another installed copy of this package created it. */
  static override isInstance(resource: unknown): resource is WorkspaceSecret {
    const type = (resource as { __pulumiType?: string } | undefined)?.__pulumiType;
    return pulumi.Resource.isInstance(resource) && type === DYNAMIC_TYPE;
  }

  /**
   * Looks up a secret that this program doesn't manage, to use its outputs. This stack neither changes nor deletes it.
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
      throw programError(importUnsupported({ id: String(opts.import) }, { step: "declare WorkspaceSecret", name }));
    }
    requireUsablePackage(name);
    requireUsableConfig(args?.workspace);
    const digests = opts.id === undefined ? digestOutputs(args ?? {}) : [];
    const additionalSecretOutputs = [...(opts.additionalSecretOutputs ?? []), ...digests];
    const { inputs, succeeded, failed } = construction({ type: DYNAMIC_TYPE, name, opts }, args ?? {}, registrationOf);
    try {
      super(DYNAMIC_TYPE, name, { ...inputs, __provider: PROVIDER_TEXT }, { ...opts, additionalSecretOutputs });
    } catch (error) {
      throw failed(error, WorkspaceSecret);
    }
    succeeded(this);
  }
}

/** The outputs that the state must encrypt: digests of the required inputs and of the given ones. */
function digestOutputs(args: Partial<WorkspaceSecretArgs>): string[] {
  const stored = DIGESTED_INPUTS.filter((input) => "isRequired" in INPUTS[input] || args[input] !== undefined);
  return stored.map((input) => `${input}Digest`);
}
