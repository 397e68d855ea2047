import { DEFAULT_PROVIDER } from "../pulumi/urn.js";
import { DEFAULT_WORKSPACE } from "./names.js";
import { type ConfigReader, type Environment, settingsOf, workspaceNames } from "./settings.js";
import { Workspace } from "./workspace.js";

export interface WorkspacesOptions {
  /** The name of the provider whose config this is. Default: the default provider, which has the stack's config. */
  provider?: string;
  /** Called at the start of each call: returns the signal that cancels its requests. Default: no signal. */
  signal?: () => AbortSignal | undefined;
  /** Returns the signal that cancels even a write that was already sent. Default: `signal`. */
  writeSignal?: () => AbortSignal | undefined;
}

/** The configured workspaces. The config of a workspace is read and checked when the workspace is first used. */
export class Workspaces {
  private readonly opened = new Map<string, Workspace>();

  constructor(
    private readonly config: ConfigReader,
    private readonly env: Environment,
    private readonly options: WorkspacesOptions = {},
  ) {}

  /** Throws a problem if the config of this workspace can't be used. If only the key is missing, the first call fails instead. */
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
    const { provider, ...options } = this.options;
    const explicit = provider === DEFAULT_PROVIDER ? undefined : provider;
    const settings = settingsOf(name, this.config, this.env, explicit);
    return new Workspace({ ...settings, ...options, name, provider: explicit });
  }
}
