import type { Secret } from "../../provider/api/client";
import { Problem } from "../../provider/messages/problem";
import type { WorkspaceSecretInputs } from "../../provider/secret/inputs";
import { type Host, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { Registration } from "../../provider/secret/registration";
import type { StoredState, WorkspaceSecretState } from "../../provider/secret/state";
import { Workspace } from "../../provider/workspaces/workspace";
import type { MakeLifecycle } from "./modelEngine";
import type { Kind } from "./rules";

export interface Saboteur {
  /** What the model must find. */
  breaks: Kind;
  make: MakeLifecycle;
}

const LISTINGS = new WeakMap<Workspace, Promise<Secret[]>>();

/** Lifecycles that break a promise each. */
export const SABOTEURS: Record<string, Saboteur> = {
  "sends a POST of unknown outcome again after a look that found nothing": {
    breaks: "duplicate",
    make: overWorkspaces((workspace) => {
      const create = Workspace.prototype.create.bind(workspace);
      workspace.create = async (name, value, appeared) => {
        const look = async () => (await appeared()) ?? create(name, value, appeared);
        return create(name, value, look);
      };
    }),
  },
  "trusts one listing for all names": {
    breaks: "duplicate",
    make: overWorkspaces((workspace) => {
      const listing = LISTINGS.get(workspace) ?? workspace.list();
      listing.catch(() => undefined);
      LISTINGS.set(workspace, listing);
      workspace.named = async (name) => (await listing).filter((secret) => secret.name === name);
    }),
  },
  "does not look into the state for who holds a secret": {
    breaks: "taken or lost",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override check(inputs: Record<string, unknown>, olds?: Record<string, unknown>, registration?: Registration) {
          return super.check(inputs, olds, registration && { ...registration, heldByOthers: [] });
        }
      })(host),
  },
  "knows nothing of the other resources": {
    breaks: "taken or lost",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override check(inputs: Record<string, unknown>, olds?: Record<string, unknown>) {
          return super.check(inputs, olds);
        }
      })(
        withWorkspaces(host, ({ owners }) => {
          owners.others = () => [];
        }),
      ),
  },
  "takes over what it was not told to": {
    breaks: "taken or lost",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create({ ...inputs, onExisting: "overwrite" });
        }
      })(host),
  },
  "takes a failed look for a secret that is gone": {
    breaks: "silent orphan",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override read(id: string, stored: StoredState) {
          return super.read(id, stored).catch(() => undefined);
        }
      })(host),
  },
  "says nothing of what it leaves behind": {
    breaks: "silent orphan",
    make: (host) => new WorkspaceSecretLifecycle({ ...host, warn: async () => {} }),
  },
  "does not say that a secret may exist": {
    breaks: "silent orphan",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create(inputs).catch(() => {
            throw new Problem("could not create a secret", "it failed", "Try again.");
          });
        }
      })(host),
  },
  "goes on claiming the value after an update of unknown outcome": {
    breaks: "wrong state",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override update(id: string, stored: StoredState, inputs: WorkspaceSecretInputs) {
          return super.update(id, stored, inputs).catch((error: unknown) => {
            if (!(error instanceof UnfinishedUpdate)) throw error;
            throw new Problem(error.action, error.reason, error.next);
          });
        }
      })(host),
  },
  "follows a name to a secret that someone else made": {
    breaks: "taken or lost",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override async read(id: string, stored: StoredState) {
          const held = await super.read(id, stored);
          if (held) return held;
          const [found] = await host.workspaces.get("default").namedNow(stored.name ?? "");
          return found && { id: found.id, state: { ...stored, secretId: found.id } as WorkspaceSecretState };
        }
      })(host),
  },
  "replaces a value that was kept at the next change of name": {
    breaks: "taken or lost",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override diff(id: string, stored: StoredState, inputs: WorkspaceSecretInputs) {
          return super.diff(id, { ...stored, valueKept: false }, inputs);
        }
        override update(id: string, stored: StoredState, inputs: WorkspaceSecretInputs) {
          return super.update(id, { ...stored, valueKept: false }, inputs);
        }
      })(host),
  },
  "shows the value in an error": {
    breaks: "message",
    make: (host) =>
      new (class extends WorkspaceSecretLifecycle {
        override create(inputs: WorkspaceSecretInputs) {
          return super.create(inputs).catch(() => {
            throw new Problem(`could not create secret "${inputs.name}"`, `${inputs.value} may exist`, "Try again.");
          });
        }
      })(host),
  },
};

function overWorkspaces(spoil: (workspace: Workspace) => void): MakeLifecycle {
  return (host) => new WorkspaceSecretLifecycle(withWorkspaces(host, spoil));
}

function withWorkspaces(host: Host, spoil: (workspace: Workspace) => void): Host {
  const get = (name: string) => {
    const workspace = host.workspaces.get(name);
    spoil(workspace);
    return workspace;
  };
  return { ...host, workspaces: { get } };
}
