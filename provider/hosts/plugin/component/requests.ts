import { Alias } from "@pulumi/pulumi/proto/alias_pb.js";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { pulumi as plugin } from "../../../../package.json";
import { COMPONENT_TYPE, DYNAMIC_TYPE, NATIVE_TYPE } from "../../typeTokens.js";
import { toStruct, type WireProperties } from "../properties.js";

const { CustomTimeouts, ResourceHooksBinding, PropertyDependencies } = RegisterResourceRequest;

/**
 * The request that registers the component, with all options of the program. The engine passes the options to the secrets that
 * children have from their parent: `protect`, `retainOnDelete`, `deletedWith`, `providers`, `aliases` and transforms. It ignores
 * the others for components, the same way as in every SDK.
 */
export function componentRequest(request: ConstructRequest): RegisterResourceRequest {
  const made = newRequest(COMPONENT_TYPE, request.getName());
  made.setParent(request.getParent());
  // Only here: the state would store the program's stack trace for each secret, and be more than twice as large.
  made.setParentstacktracehandle(request.getStackTraceHandle());
  made.setObject(toStruct({}));
  made.setAliasesList(request.getAliasesList());
  made.setDependenciesList(request.getDependenciesList());
  if (request.hasProtect()) made.setProtect(request.getProtect() ?? false);
  if (request.hasRetainondelete()) made.setRetainondelete(request.getRetainondelete() ?? false);
  made.setDeletedwith(request.getDeletedwith());
  made.setReplaceWithList(request.getReplaceWithList());
  made.setReplacementTrigger(request.getReplacementTrigger());
  made.setIgnorechangesList(request.getIgnorechangesList());
  made.setReplaceonchangesList(request.getReplaceonchangesList());
  made.setAdditionalsecretoutputsList(request.getAdditionalsecretoutputsList());
  for (const [name, provider] of request.getProvidersMap().entries()) made.getProvidersMap().set(name, provider);
  // The messages of both requests have the same bytes.
  const timeouts = request.getCustomtimeouts();
  if (timeouts) made.setCustomtimeouts(CustomTimeouts.deserializeBinary(timeouts.serializeBinary()));
  const hooks = request.getResourceHooks();
  if (hooks) made.setHooks(ResourceHooksBinding.deserializeBinary(hooks.serializeBinary()));
  return made;
}

export interface SecretRegistration {
  name: string;
  inputs: WireProperties;
  /** The URNs of the resources that managed the secret before. */
  aliases: string[];
  /** The URN of the component. */
  parent: string;
  /** For each input, the URNs of the resources that it depends on. */
  dependencies: Map<string, string[]>;
  /** The version of the default provider. Undefined for any version. */
  version: string | undefined;
}

/** The request that registers one secret of the component. */
export function secretRequest({
  name,
  inputs,
  aliases,
  parent,
  dependencies,
  version,
}: SecretRegistration): RegisterResourceRequest {
  const made = newRequest(NATIVE_TYPE, name);
  made.setCustom(true);
  made.setParent(parent);
  made.setObject(toStruct(inputs));
  made.setAliasesList([aliasOfType(DYNAMIC_TYPE, parent), ...aliases.map(aliasOfUrn)]);
  made.setDependenciesList([...new Set([...dependencies.values()].flat())]);
  for (const [input, urns] of dependencies) {
    const dependency = new PropertyDependencies();
    dependency.setUrnsList(urns);
    made.getPropertydependenciesMap().set(input, dependency);
  }
  if (version !== undefined) {
    made.setVersion(version);
    // Set by the release workflow.
    made.setPlugindownloadurl((plugin as { server?: string }).server ?? "");
  }
  return made;
}

function newRequest(type: string, name: string): RegisterResourceRequest {
  const made = new RegisterResourceRequest();
  made.setType(type);
  made.setName(name);
  made.setAliasspecs(true);
  made.setAcceptsecrets(true);
  made.setSupportspartialvalues(true);
  made.setSupportsresultreporting(true);
  return made;
}

function aliasOfType(type: string, parent: string): Alias {
  const spec = new Alias.Spec();
  spec.setType(type);
  spec.setParenturn(parent);
  const alias = new Alias();
  alias.setSpec(spec);
  return alias;
}

function aliasOfUrn(urn: string): Alias {
  const alias = new Alias();
  alias.setUrn(urn);
  return alias;
}
