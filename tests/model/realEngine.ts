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
  type UpOptions,
} from "./driver";

/** What the SDK adds for a failed resource, with a stack trace, and the engine for a failed operation. */
const OF_PULUMI = /^Error: resource \S+ \[\S+\] failed to register|^(update|preview) failed$/;

/** The same operations with the real CLI, engine and provider process. */
export class RealEngine implements Driver {
  private entries: Entry[] = [];

  private constructor(private readonly stack: TestStack) {}

  static async start({ uniqueNames, maxRetries, listLagMs }: Settings): Promise<RealEngine> {
    const config = { "elevenlabs:maxRetries": String(maxRetries) };
    return new RealEngine(await startStack({ emulator: { uniqueNames, listLagMs }, config }));
  }

  get emulator() {
    return this.stack.emulator;
  }

  /** Of the orders, only `chained` can be enforced; otherwise the engine chooses its own. */
  async up(program: Resource[], { order, continueOnError, refresh, target }: UpOptions): Promise<Outcome> {
    // The engine refuses a target that depends on a resource that doesn't exist yet.
    await this.stack.program(programOf(program, order === "chained" && target === undefined));
    const flags = [
      ...(continueOnError ? ["--continue-on-error"] : []),
      ...(refresh ? ["--refresh"] : []),
      ...(target === undefined ? [] : ["--target", `urn:pulumi:test::test::${SECRET_TYPE}::${target}`]),
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

interface Exported {
  urn: string;
  type: string;
  id: string;
  delete?: boolean;
  inputs: { value?: { plaintext: string } };
  outputs: { name: string; valueDigest?: { plaintext: string }; valueKept?: boolean; valueUnknown?: boolean };
}

function entryOf({ urn, id, inputs, outputs, delete: pendingDelete = false }: Exported): Entry {
  const { name, valueDigest, valueKept = false } = outputs;
  const claim = claimIn({
    inputs: { value: decrypted(inputs.value) },
    outputs: { ...outputs, valueDigest: decrypted(valueDigest) },
  });
  return { logical: urn.split("::").at(-1) ?? "", id, name, claim, valueKept, pendingDelete };
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
