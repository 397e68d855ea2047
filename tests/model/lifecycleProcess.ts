import { DYNAMIC_TYPE } from "../../provider/hosts/typeTokens";
import { Problem } from "../../provider/messages/problem";
import { UNKNOWN, type WorkspaceSecretInputs } from "../../provider/secret/inputs";
import { type Host, UnfinishedUpdate, WorkspaceSecretLifecycle } from "../../provider/secret/lifecycle";
import type { StoredState } from "../../provider/secret/state";
import { trackingByDigest } from "../../provider/secret/valueTracking";
import { Workspaces } from "../../provider/workspaces/workspaces";
import { UNEXPECTED_ERROR } from "./driver";
import {
  CheckFailed,
  FailedButStored,
  givenInputs,
  type ModelHost,
  type ProviderProcess,
  type StateResource,
  urnFor,
} from "./modelEngine";

export type MakeLifecycle = (host: Host) => WorkspaceSecretLifecycle;

class WrongInput extends CheckFailed {
  constructor(
    message: string,
    readonly kind: string,
  ) {
    super(message);
  }
}

/** The lifecycle in this process, with the state of the dynamic provider. */
export function lifecycleHost(make: MakeLifecycle = (host) => new WorkspaceSecretLifecycle(host)): ModelHost {
  return {
    type: DYNAMIC_TYPE,
    isPlugin: false,
    claimOf: ({ outputs }) => (outputs as StoredState).valueDigest,
    reported(error) {
      if (Problem.isInstance(error)) return { kind: error.kind, text: error.message };
      if (error instanceof WrongInput) return { kind: error.kind, text: error.message };
      return { kind: undefined, text: `${UNEXPECTED_ERROR}: ${(error as Error)?.stack ?? error}` };
    },
    async start({ config, env, journal }, report): Promise<ProviderProcess> {
      // As in the real host, the config is treated as current after the first `check`.
      let hasChecked = false;
      const lifecycle = make({
        workspaces: new Workspaces((key) => config.usual[key], env),
        valueTracking: trackingByDigest,
        managedType: DYNAMIC_TYPE,
        journal,
        isConfigCurrent: () => hasChecked,
        warn: async (warning) => report({ severity: "warning", kind: warning.kind, text: warning.text() }),
      });
      return {
        async check(resource, olds) {
          hasChecked = true;
          const { logical, value, via } = resource;
          const inputs = givenInputs(resource, via === "usual" ? "default" : via);
          const [failure] = lifecycle.check(
            inputs,
            { ...olds },
            {
              registrationId: logical,
              name: logical,
              type: DYNAMIC_TYPE,
              value,
              state: { urns: [urnFor(DYNAMIC_TYPE, logical)] },
            },
          );
          if (failure) throw new WrongInput(`${logical}: ${failure.property} ${failure.text()}`, failure.kind);
          return inputs;
        },
        async diff(old, inputs, { unknown } = {}) {
          const news = unknown === undefined ? inputs : { ...inputs, [unknown]: UNKNOWN };
          const { hasChanges, replacing } = lifecycle.diff(asSent(old), asInputs(news));
          return { hasChanges, replaces: replacing.length > 0 };
        },
        async create(_resource, inputs) {
          const { id, state } = await lifecycle.create(asInputs(inputs));
          return { id, outputs: { ...state } };
        },
        async read(resource) {
          const found = await lifecycle.read(asSent(resource));
          return found && { id: found.id, outputs: { ...found.state } };
        },
        async update(old, inputs) {
          try {
            return { outputs: { ...(await lifecycle.update(asSent(old), asInputs(inputs))) } };
          } catch (error) {
            if (!(error instanceof UnfinishedUpdate)) throw error;
            const { id, state } = error.stored;
            throw new FailedButStored(error, { id, outputs: { ...state } });
          }
        },
        delete: (resource) => lifecycle.delete(asSent(resource)),
        close: () => undefined,
      };
    },
  };
}

function asSent({ id, outputs }: StateResource) {
  return { id, state: structuredClone(outputs) as StoredState };
}

function asInputs(inputs: StateResource["inputs"]): WorkspaceSecretInputs {
  return inputs as unknown as WorkspaceSecretInputs;
}
