import * as pulumi from "@pulumi/pulumi";
import { DYNAMIC_TYPE, NATIVE_TYPE } from "../../../provider/hosts/typeTokens.js";
import { REGISTRATION_INPUT } from "../../../provider/ownership/registration.js";
import { requireUsableConfig } from "../programChecks.js";
import { stateRegistrationOf } from "../registration.js";
import { construction, referenceOf, type SecretReference, type WorkspaceSecretArgs } from "../secretResource.js";
import { pluginOptions } from "./pluginOptions.js";

/**
 * A secret of an ElevenLabs workspace, managed by the native plugin: with `pulumi import`, the `import` option and explicit
 * providers. To move a stack from the dynamic provider, change the import. No request is sent.
 *
 * @example
 * ```ts
 * const config = new pulumi.Config();
 * const token = new WorkspaceSecret("CRM_TOKEN", { value: config.requireSecret("crmToken") });
 * export const tokenId = token.secretId;
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

  /** Whether `resource` is a `WorkspaceSecret` of the plugin, even if another installed copy of this package created it. */
  static override isInstance(resource: unknown): resource is WorkspaceSecret {
    const type = (resource as { __pulumiType?: string } | undefined)?.__pulumiType;
    return pulumi.Resource.isInstance(resource) && type === NATIVE_TYPE;
  }

  /**
   * Looks up a secret that this program doesn't manage, to use its outputs. This stack neither changes nor deletes it.
   *
   * @param name The resource's logical name.
   * @param id The secret's id or name in the workspace.
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
    const provider = explicitProvider(opts);
    // The engine lets the plugin check an explicit provider's config.
    if (!provider) requireUsableConfig(args?.workspace);
    const options = pulumi.mergeOptions({ ...pluginOptions(), aliases: [{ type: DYNAMIC_TYPE }] }, opts);
    const registered = { type: NATIVE_TYPE, name, opts: options };
    const { inputs, succeeded, failed } = construction(registered, args ?? {}, stateRegistrationOf);
    // For an import, the engine calls the plugin's `read` in the same way, but without any property.
    if (opts.id !== undefined) inputs[REGISTRATION_INPUT] = true;
    try {
      super(NATIVE_TYPE, name, inputs, options);
    } catch (error) {
      throw failed(error, WorkspaceSecret);
    }
    succeeded(this);
  }
}

/** The provider in the options or the parent. */
function explicitProvider({ provider, parent }: pulumi.CustomResourceOptions): pulumi.ProviderResource | undefined {
  return provider ?? parent?.getProvider(NATIVE_TYPE);
}
