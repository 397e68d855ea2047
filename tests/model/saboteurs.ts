import type { Secret } from "../../provider/api/client";
import { type EngineResource, PluginHost, type PluginOptions } from "../../provider/hosts/plugin/pluginHost";
import type { WireProperties } from "../../provider/hosts/plugin/properties";
import { Problem } from "../../provider/messages/problem";
import type { PreviewInputs, WorkspaceSecretInputs } from "../../provider/secret/inputs";
import { type Host, type Resource, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { Registration } from "../../provider/secret/registration";
import type { WorkspaceSecretState } from "../../provider/secret/state";
import { Workspace } from "../../provider/workspaces/workspace";
import type { MakeLifecycle } from "./lifecycleProcess";
import type { Kind } from "./rules";

export interface Saboteur<Make> {
  /** What the model must find. */
  breaks: Kind;
  /** With it, the first history already shows that. */
  seed: number;
  make: Make;
}

const LISTINGS = new WeakMap<Workspace, Promise<Secret[]>>();

/** Lifecycles that each break a rule, by what they do. */
export const SABOTEURS: Record<string, Saboteur<MakeLifecycle>> = {
  "repeats a POST of unknown outcome if a look finds nothing": {
    breaks: "duplicate",
    seed: 530,
    make: withChangedWorkspaces((workspace) => {
      const create = Workspace.prototype.create.bind(workspace);
      workspace.create = async (name, value, look) => {
        const lookOrRepeat = async () => (await look()) ?? create(name, value, look);
        return create(name, value, lookOrRepeat);
      };
    }),
  },
  "trusts one listing for all names": {
    breaks: "duplicate",
    seed: 669,
    make: withChangedWorkspaces((workspace) => {
      const listing = LISTINGS.get(workspace) ?? workspace.list();
      listing.catch(() => undefined);
      LISTINGS.set(workspace, listing);
      workspace.findByName = async (name) => (await listing).filter((secret) => secret.name === name);
    }),
  },
  "ignores which resources of the state own a secret": {
    breaks: "wrongly adopted or lost",
    seed: 779,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override check(inputs: Record<string, unknown>, olds?: Record<string, unknown>, registration?: Registration) {
          return super.check(inputs, olds, registration && { ...registration, ownedByOthers: [] });
        }
      })(host),
  },
  "ignores the other resources of the program": {
    breaks: "wrongly adopted or lost",
    seed: 653,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override check(inputs: Record<string, unknown>, olds?: Record<string, unknown>) {
          return super.check(inputs, olds);
        }
      })(
        changeWorkspaces(host, ({ owners }) => {
          owners.others = () => [];
        }),
      ),
  },
  "adopts secrets without being asked to": {
    breaks: "wrongly adopted or lost",
    seed: 546,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create({ ...inputs, onExisting: "overwrite" });
        }
      })(host),
  },
  "treats a failed read as a secret that is gone": {
    breaks: "silent orphan",
    seed: 595,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override read(resource: Resource) {
          return super.read(resource).catch(() => undefined);
        }
      })(host),
  },
  "does not warn about secrets that it leaves behind": {
    breaks: "silent orphan",
    seed: 680,
    make: (host) => new WorkspaceSecretLifecycle({ ...host, warn: async () => {} }),
  },
  "does not report that a secret may have been created": {
    breaks: "silent orphan",
    seed: 2270,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create(inputs).catch(() => {
            throw new Problem("name-created-twice", {}, { step: "create", name: inputs.name });
          });
        }
      })(host),
  },
  "keeps the digest after an update of unknown outcome": {
    breaks: "wrong state",
    seed: 882,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override update(resource: Resource, inputs: WorkspaceSecretInputs) {
          return super.update(resource, inputs).catch((error: unknown) => {
            if (!(error instanceof UnfinishedUpdate)) throw error;
            throw new Problem(error.kind, error.facts, error.attempt);
          });
        }
      })(host),
  },
  "replaces a missing secret by another one with its name": {
    breaks: "wrongly adopted or lost",
    seed: 685,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override async read(resource: Resource) {
          const stored = await super.read(resource);
          if (stored) return stored;
          const { state } = resource;
          const [found] = await host.workspaces.get("default").findByNameDirectly(state.name ?? "");
          return found && { id: found.id, state: { ...state, secretId: found.id } as WorkspaceSecretState };
        }
      })(host),
  },
  "replaces a kept value when the name changes": {
    breaks: "wrongly adopted or lost",
    seed: 1578,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override diff(resource: Resource, inputs: PreviewInputs) {
          return super.diff(withoutKeptValue(resource), inputs);
        }
        override update(resource: Resource, inputs: WorkspaceSecretInputs) {
          return super.update(withoutKeptValue(resource), inputs);
        }
      })(host),
  },
  "shows the value in an error": {
    breaks: "message",
    seed: 510,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create(inputs).catch(() => {
            const failure = { kind: "answered", status: 500, words: inputs.value } as const;
            throw new Problem("may-have-been-created", { failure }, { step: "create", name: inputs.name });
          });
        }
      })(host),
  },
};

/** Plugins that each break a rule. */
export const PLUGIN_SABOTEURS: Record<string, Saboteur<(options: PluginOptions) => PluginHost>> = {
  "does not make the engine store an update of unknown outcome": {
    breaks: "wrong state",
    seed: 504,
    make: (options) =>
      new (class extends PluginHost {
        override update(resource: EngineResource, news: WireProperties) {
          return super.update(resource, news).catch((error: unknown) => {
            if (!(error instanceof UnfinishedUpdate)) throw error;
            throw new Problem(error.kind, error.facts, error.attempt);
          });
        }
      })(options),
  },
  "forgets at a refresh that a value is unknown": {
    breaks: "wrong state",
    seed: 504,
    make: (options) =>
      new (class extends PluginHost {
        override async read(resource: EngineResource) {
          const found = await super.read(resource);
          delete found?.outputs.valueUnknown;
          return found;
        }
      })(options),
  },
};

function withoutKeptValue(resource: Resource): Resource {
  return { ...resource, state: { ...resource.state, valueKept: false } };
}

function withChangedWorkspaces(change: (workspace: Workspace) => void): MakeLifecycle {
  return (host) => new WorkspaceSecretLifecycle(changeWorkspaces(host, change));
}

function changeWorkspaces(host: Host, change: (workspace: Workspace) => void): Host {
  const get = (name: string) => {
    const workspace = host.workspaces.get(name);
    change(workspace);
    return workspace;
  };
  return { ...host, workspaces: { get } };
}
