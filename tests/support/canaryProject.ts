import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { type Canary, canary } from "./canary";
import { type StackOptions, startStack, type TestStack } from "./testStack";

/** An API key and values, one for each source that a program can have. If one leaks, its name shows which. */
export class Secrets {
  readonly key = canary('sk_"/%+');
  readonly inConfig: Canary;
  readonly inObject: Canary;
  readonly inProgram: Canary;
  readonly ofResource: Canary;

  /** `length` applies to the values of a plain config key and of the program. */
  constructor(punctuation: string, options?: { length: number }) {
    this.inConfig = canary(punctuation, options);
    this.inObject = canary(punctuation);
    this.inProgram = canary(punctuation, options);
    this.ofResource = canary(punctuation);
  }

  /** The names of the secrets that `text` contains, and the encoding of each. */
  foundIn(text: string): string[] {
    return Object.entries(this).flatMap(([name, secret]: [string, Canary]) =>
      secret.foundIn(text).map((how) => `${name} as ${how}`),
    );
  }

  /** The files that contain a secret: searches all written files (including temporary files) and the stack's config. */
  async foundInFiles(stack: TestStack): Promise<string[]> {
    const files = await stack.writtenFiles();
    const config = join(stack.folder, "Pulumi.test.yaml");
    files.set(config, await readFile(config, "latin1"));
    return [...files].flatMap(([file, text]) =>
      this.foundIn(unzipped(text)).map((what) => `${file.slice(stack.folder.length)}: ${what}`),
    );
  }

  /** A stack with the key and two of the values in its config. It writes only to its own folder. */
  async startStack(options: StackOptions = {}): Promise<TestStack> {
    const stack = await startStack({ emulator: { keys: { [this.key.text]: {} } }, ...options });
    delete stack.env.ELEVENLABS_API_KEY;
    stack.env.TMPDIR = join(stack.folder, "tmp");
    await mkdir(stack.env.TMPDIR);
    await stack.configureSecrets({ "elevenlabs:apiKey": this.key.text, "test:token": this.inConfig.text });
    await stack.cli(["config", "set", "--secret", "--path", "secrets.TOKEN"], this.inObject.text).orThrow();
    return stack;
  }

  /** A program with one secret per value, followed by `suffix`. `more` has further arguments by logical name. */
  program(suffix: string, more: Partial<Record<"inConfig" | "inObject" | "inProgram", object>> = {}): string {
    return `
      const more = ${JSON.stringify(more)};
      const config = new pulumi.Config();
      const of = (value) => pulumi.interpolate\`\${value}${suffix}\`;
      new WorkspaceSecret("inConfig", { value: of(config.requireSecret("token")), triggers: ["${suffix}"], ...more.inConfig });
      new WorkspaceSecret("inProgram", { value: ${JSON.stringify(this.inProgram.text)} + "${suffix}", ...more.inProgram });
      const secrets = Object.entries(secretsFromConfig()).map(([name, value]) => [name, of(value)]);
      new WorkspaceSecrets("inObject", { secrets: Object.fromEntries(secrets), ...more.inObject });`;
  }

  /** More code for `program`: a secret whose value is an output of another resource. The first preview doesn't know that output. */
  programOfResource(suffix: string): string {
    return `
      const provider = { async create({ given }) { return { id: "1", outs: { made: given } }; } };
      provider.update = async (_id, _olds, { given }) => ({ outs: { made: given } });
      class Other extends pulumi.dynamic.Resource {
        constructor(name, given) { super(provider, name, { given, made: undefined }, { additionalSecretOutputs: ["made"] }); }
      }
      const other = new Other("other", pulumi.secret(${JSON.stringify(this.ofResource.text)} + "${suffix}"));
      new WorkspaceSecret("ofResource", { value: other.made });`;
  }
}

/** The engine compresses some of its logs. */
function unzipped(text: string): string {
  if (!text.startsWith("\u001f\u008b")) return text;
  // Also works for a log that is still being written.
  return gunzipSync(Buffer.from(text, "latin1"), { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1");
}
