import type { Shared } from "./owners.js";
import { type ConfigReader, DEFAULT_WORKSPACE, type Environment, settingsOf, workspaceNames } from "./settings.js";
import { Workspace } from "./workspace.js";

/** The configured workspaces. Nothing is read or checked before one is asked for. */
export class Workspaces {
  private readonly opened = new Map<string, Workspace>();
  private readonly holders = new Map<string, Shared["holders"]>();
  private readonly namesInCreation = new Map<string, Shared["namesInCreation"]>();

  constructor(
    private readonly config: ConfigReader,
    private readonly env: Environment,
  ) {}

  /** Throws a `Problem` where the config of this workspace cannot be used. A missing key is met at the first call. */
  get(name: string = DEFAULT_WORKSPACE): Workspace {
    const opened = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, opened);
    return opened;
  }

  /** The names of the described workspaces, the default one among them whether or not it has a key. */
  names(): string[] {
    return workspaceNames(this.config);
  }

  private open(name: string): Workspace {
    const settings = settingsOf(name, this.config, this.env);
    const { origin, apiKey } = settings;
    return new Workspace({
      ...settings,
      name,
      shared: {
        holders: entry(this.holders, origin, () => new Map()),
        namesInCreation: entry(this.namesInCreation, `${origin} ${apiKey}`, () => new Set()),
      },
    });
  }
}

function entry<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const found = entries.get(key) ?? make();
  entries.set(key, found);
  return found;
}
