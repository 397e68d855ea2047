import { DEFAULT_WORKSPACE } from "../pulumi/configPath.js";
import { type OwnerStore, OwnersInMemory } from "./owners.js";
import { type ConfigReader, type Environment, settingsOf, workspaceNames } from "./settings.js";
import { Workspace } from "./workspace.js";

export interface WorkspacesOptions {
  /** Asked at the begin of each call: what ends its requests. Default: nothing. */
  signal?: () => AbortSignal | undefined;
  /** Default: in this process. */
  owners?: OwnerStore;
}

/** The configured workspaces. Nothing is read or checked before one is asked for. */
export class Workspaces {
  private readonly opened = new Map<string, Workspace>();
  private readonly owners: OwnerStore;

  constructor(
    private readonly config: ConfigReader,
    private readonly env: Environment,
    private readonly options: WorkspacesOptions = {},
  ) {
    this.owners = options.owners ?? new OwnersInMemory();
  }

  /** Throws a problem if the config of this workspace can't be used. A missing key fails at the first call instead. */
  get(name: string = DEFAULT_WORKSPACE): Workspace {
    const opened = this.opened.get(name) ?? this.open(name);
    this.opened.set(name, opened);
    return opened;
  }

  /** The names of all configured workspaces, including the default one whether or not it has a key. */
  names(): string[] {
    return workspaceNames(this.config);
  }

  private open(name: string): Workspace {
    const settings = settingsOf(name, this.config, this.env);
    const { endpoint, apiKey } = settings;
    return new Workspace({
      ...settings,
      signal: this.options.signal,
      name,
      // Two names in the config may mean one workspace.
      shared: { ownersById: this.owners.ownersAt(endpoint), namesInCreation: this.owners.namesAt(endpoint, apiKey) },
    });
  }
}
