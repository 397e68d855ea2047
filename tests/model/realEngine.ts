import { routesIn } from "../../provider/ownership/mark";
import { claimIn } from "../support/claims";
import { kindIn } from "../support/problems";
import { type Run, SECRET_TYPE, startStack, type TestStack } from "../support/testStack";
import {
  type DestroyOptions,
  type Driver,
  type Entry,
  inputsOf,
  type Message,
  type Outcome,
  type Resource,
  type Settings,
  storedName,
  type UpOptions,
} from "./driver";

/** The errors that the SDK adds for a failed resource, with a stack trace, and the engine for a failed operation. */
const OF_PULUMI = /^Error: resource \S+ \[\S+\] failed to register|^(update|preview) failed$/;

/** The same operations with the real CLI, engine and provider process. */
export class RealEngine implements Driver {
  private entries: Entry[] = [];

  private constructor(private readonly stack: TestStack) {}

  static async start({ uniqueNames, maxRetries, listLagMs, spelling }: Settings): Promise<RealEngine> {
    const config = { "elevenlabs:maxRetries": String(maxRetries) };
    const normalizeName = (name: string) => storedName(name, spelling);
    return new RealEngine(await startStack({ emulator: { uniqueNames, listLagMs, normalizeName }, config }));
  }

  readonly isPlugin = false;

  workspaceOf(): string {
    return "default";
  }

  get emulator() {
    return this.stack.emulator;
  }

  /** Only the order `chained` can be enforced. Otherwise, the engine chooses the order. */
  async up(program: Resource[], { order, continueOnError, refresh, target, replace }: UpOptions): Promise<Outcome> {
    // The engine refuses a target that depends on a resource that doesn't exist yet.
    await this.stack.program(programOf(program, order === "chained" && target === undefined));
    const flags = [
      ...(continueOnError ? ["--continue-on-error"] : []),
      ...(refresh ? ["--refresh"] : []),
      ...(target === undefined ? [] : ["--target", urnOf(target)]),
      ...(replace === undefined ? [] : ["--replace", urnOf(replace)]),
    ];
    return this.ran(await this.stack.up(...flags));
  }

  async refresh(): Promise<Outcome> {
    return this.ran(await this.stack.refresh());
  }

  async destroy({ refresh }: DestroyOptions): Promise<Outcome> {
    return this.ran(await this.stack.destroy(...(refresh ? ["--refresh"] : [])));
  }

  async state(): Promise<Entry[]> {
    return this.entries;
  }

  async removeFromState(ids: string[]): Promise<void> {
    for (const { logical } of this.entries.filter(({ id }) => ids.includes(id))) {
      await this.stack.cli(["state", "delete", urnOf(logical), "--yes"]).orThrow();
    }
    this.entries = this.entries.filter(({ id }) => !ids.includes(id));
  }

  close(): Promise<void> {
    return this.stack.close();
  }

  private async ran({ code, diagnostics }: Run): Promise<Outcome> {
    const { output } = await this.stack.cli(["stack", "export", "--show-secrets"]).orThrow();
    const { deployment } = JSON.parse(output) as { deployment: { resources?: Exported[] } };
    this.entries = (deployment.resources ?? []).filter(({ type }) => type === SECRET_TYPE).map(entryOf);
    const messages = diagnostics
      .filter((diagnostic) => diagnostic.severity === "error" || diagnostic.severity === "warning")
      .map(({ severity, message }) => ({ severity, kind: kindIn(message), text: message }) as Message)
      .filter(({ text }) => !OF_PULUMI.test(text));
    return { ok: code === 0, messages };
  }
}

function urnOf(logical: string): string {
  return `urn:pulumi:test::test::${SECRET_TYPE}::${logical}`;
}

interface Exported {
  urn: string;
  type: string;
  id: string;
  delete?: boolean;
  inputs: { value?: { plaintext: string } };
  outputs: {
    name: string;
    workspace: string;
    requestedName?: string;
    existingId?: string;
    valueDigest?: { plaintext: string };
    valueKept?: boolean;
    valueUnknown?: boolean;
    mark?: string;
  };
}

function entryOf({ urn, id, inputs, outputs, delete: pendingDelete = false }: Exported): Entry {
  const { name, workspace, requestedName, existingId, valueDigest, valueKept = false } = outputs;
  const claim = claimIn({
    inputs: { value: decrypted(inputs.value) },
    outputs: { ...outputs, valueDigest: decrypted(valueDigest) },
  });
  const logical = urn.split("::").at(-1) ?? "";
  return {
    logical,
    id,
    name,
    workspace,
    provider: workspace,
    requestedName,
    existingId,
    claim,
    valueKept,
    pendingDelete,
    routes: routesIn(outputs.mark),
  };
}

function decrypted(exported: Exported["inputs"]["value"]): string | undefined {
  return exported && (JSON.parse(exported.plaintext) as string);
}

function programOf(program: Resource[], isChained: boolean): string {
  return program
    .map((resource, index) => {
      const options = isChained && index > 0 ? { dependsOn: `%${index - 1}%` } : {};
      const dependsOn = JSON.stringify(options).replace(/"%(\d+)%"/, "r$1");
      return `const r${index} = new WorkspaceSecret("${resource.logical}", ${JSON.stringify(inputsOf(resource))}, ${dependsOn});`;
    })
    .join("\n");
}
