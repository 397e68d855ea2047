import type { Secret } from "../../provider/api/client";
import { type EngineResource, PluginHost } from "../../provider/hosts/plugin/host";
import type { WireProperties } from "../../provider/hosts/plugin/properties";
import { Problem } from "../../provider/messages/problem";
import { mayHaveBeenCreated, secretGone } from "../../provider/messages/secret";
import type { Ownership } from "../../provider/ownership/ownership";
import { INPUT_NAMES, type PreviewInputs, UNKNOWN, type WorkspaceSecretInputs } from "../../provider/secret/inputs";
import { type Host, type Resource, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { WorkspaceSecretState } from "../../provider/secret/state";
import { Workspace } from "../../provider/workspaces/workspace";
import type { MakeLifecycle } from "./lifecycleProcess";
import type { MakePlugin } from "./pluginOverGrpc";
import type { Kind } from "./rules";

export interface Saboteur<Make> {
  /** The kind of rule that the model must find broken. */
  breaks: Kind;
  /** With this seed, the first history already breaks the rule. */
  seed: number;
  make: Make;
}

const LISTINGS = new WeakMap<Workspace, Promise<Secret[]>>();

/** Lifecycles that each break a rule, by their fault. */
export const SABOTEURS: Record<string, Saboteur<MakeLifecycle>> = {
  "retries a POST of unknown outcome if a search finds no secret": {
    breaks: "duplicate",
    seed: 621,
    make: withChangedWorkspaces((workspace) => {
      const create = Workspace.prototype.create.bind(workspace);
      workspace.create = async (name, value, look) => {
        const lookOrRepeat = async () => (await look()) ?? create(name, value, look);
        return create(name, value, lookOrRepeat);
      };
    }),
  },
  "trusts one list for all names": {
    breaks: "duplicate",
    seed: 59,
    make: withChangedWorkspaces((workspace) => {
      const listing = LISTINGS.get(workspace) ?? workspace.list();
      listing.catch(() => undefined);
      LISTINGS.set(workspace, listing);
      workspace.findByName = async (name) => (await listing).filter((secret) => secret.name === name);
    }),
  },
  "ignores which resources of the state own a secret": {
    breaks: "wrongly adopted or lost",
    seed: 160,
    make: withChangedOwnership((ownership) => {
      ownership.inState = () => undefined;
      ownership.adopt = async () => ({ succeeded: () => {}, failed: () => {} });
    }),
  },
  "ignores the other resources of the program": {
    breaks: "wrongly adopted or lost",
    seed: 25,
    make: withChangedOwnership((ownership) => {
      ownership.declare = () => undefined;
      ownership.inState = () => undefined;
      ownership.adopt = async () => ({ succeeded: () => {}, failed: () => {} });
      ownership.create = async () => ({ earlier: [], end: () => {} });
      ownership.keeperOf = () => undefined;
    }),
  },
  "adopts secrets although the program doesn't request it": {
    breaks: "wrongly adopted or lost",
    seed: 16,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create({ ...inputs, onExisting: "overwrite" });
        }
      })(host),
  },
  "treats a failed read as a secret that is gone": {
    breaks: "silent orphan",
    seed: 36,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override read(resource: Resource) {
          return super.read(resource).catch(() => undefined);
        }
      })(host),
  },
  "does not warn about secrets that it leaves behind": {
    breaks: "silent orphan",
    seed: 520,
    make: (host) => new WorkspaceSecretLifecycle({ ...host, warn: async () => {} }),
  },
  "does not report that a secret may have been created": {
    breaks: "silent orphan",
    seed: 971,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create(inputs).catch(() => {
            throw secretGone({}, { step: "create secret", name: inputs.name });
          });
        }
      })(host),
  },
  "keeps the digest after an update of unknown outcome": {
    breaks: "wrong state",
    seed: 2252,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override update(resource: Resource, inputs: WorkspaceSecretInputs) {
          return super.update(resource, inputs).catch((error: unknown) => {
            if (!(error instanceof UnfinishedUpdate)) throw error;
            throw new Problem(error.content, error.action);
          });
        }
      })(host),
  },
  "replaces a missing secret with a secret that has its name": {
    breaks: "wrongly adopted or lost",
    seed: 48,
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
    seed: 3483,
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
  "treats another URL as another account": {
    breaks: "silent orphan",
    seed: 152,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override async read(resource: Resource) {
          const stored = await super.read(resource);
          return resource.state.endpoint === stored?.state.endpoint ? stored : undefined;
        }
      })(host),
  },
  "treats a missing secret as gone, even with another key": {
    breaks: "wrongly adopted or lost",
    seed: 219,
    make: withChangedWorkspaces(({ account }) => {
      account.isRightFor = async () => true;
    }),
  },
  "uses the same mark for all entries with the same name": {
    breaks: "wrongly adopted or lost",
    seed: 64,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override async create(inputs: WorkspaceSecretInputs) {
          const { id, state } = await super.create(inputs);
          const { account } = host.workspaces.get(state.workspace);
          return { id, state: { ...state, mark: account.mark(inputs.name) } };
        }
      })(host),
  },
  "deletes without a check for other owners": {
    breaks: "wrongly adopted or lost",
    seed: 25,
    make: withChangedOwnership((ownership) => {
      ownership.keeperOf = () => undefined;
    }),
  },
  "replaces a secret if an input isn't known yet": {
    breaks: "wrongly adopted or lost",
    seed: 1326,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override diff(resource: Resource, inputs: PreviewInputs) {
          const diff = super.diff(resource, inputs);
          const unknown = INPUT_NAMES.filter((name) => inputs[name] === UNKNOWN);
          return unknown.length > 0 ? { ...diff, hasChanges: true, replacing: unknown } : diff;
        }
      })(host),
  },
  "compares names in the program's spelling": {
    breaks: "duplicate",
    seed: 167,
    make: withChangedWorkspaces((workspace) => {
      const create = Workspace.prototype.create.bind(workspace);
      workspace.create = async (name, value, look) => ({ ...(await create(name, value, look)), name });
    }),
  },
  "creates a secret without a check of the account": {
    breaks: "wrongly adopted or lost",
    seed: 840,
    make: withChangedWorkspaces(({ account }) => {
      Object.defineProperty(account, "entriesToAskFor", { value: [], configurable: true });
    }),
  },
  "shows the value in an error": {
    breaks: "message",
    seed: 63,
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create(inputs).catch(() => {
            const failure = { kind: "status", status: 500, message: inputs.value } as const;
            throw mayHaveBeenCreated({ failure, spellings: [] }, { step: "create secret", name: inputs.name });
          });
        }
      })(host),
  },
};

/** Plugins that each break a rule. */
export const PLUGIN_SABOTEURS: Record<string, Saboteur<MakePlugin>> = {
  "treats another spelling of an import as another secret": {
    breaks: "wrongly adopted or lost",
    seed: 2513,
    make: (options) =>
      new (class extends PluginHost {
        private readonly readNow = new Set<string>();
        override async read(resource: EngineResource) {
          const found = await super.read(resource);
          if (resource.outputs.secretId === undefined) this.readNow.add(resource.urn);
          return found;
        }
        override delete(resource: EngineResource) {
          const holders = this.readNow.has(resource.urn) ? (options.journal?.holdersOf(resource.id) ?? []) : [];
          for (const { id, mark } of holders) options.journal?.release(id, mark);
          return super.delete(resource);
        }
      })(options),
  },
  "has a separate journal in each process": {
    breaks: "wrongly adopted or lost",
    seed: 174,
    make: ({ journal: _, ...options }) => new PluginHost(options),
  },
  "does not make the engine store an update of unknown outcome": {
    breaks: "wrong state",
    seed: 434,
    make: (options) =>
      new (class extends PluginHost {
        override update(resource: EngineResource, news: WireProperties) {
          return super.update(resource, news).catch((error: unknown) => {
            if (!(error instanceof UnfinishedUpdate)) throw error;
            throw new Problem(error.content, error.action);
          });
        }
      })(options),
  },
  "forgets at a refresh that a value is unknown": {
    breaks: "wrong state",
    seed: 36,
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

function withChangedOwnership(change: (ownership: Ownership) => void): MakeLifecycle {
  return (host) => {
    const lifecycle = new WorkspaceSecretLifecycle(host);
    change(lifecycle.ownership);
    return lifecycle;
  };
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
