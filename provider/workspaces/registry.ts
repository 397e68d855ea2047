import { DEFAULT_WORKSPACE } from "../pulumi/configPath.js";
import { type ConfigReader, type Environment, settingsOf, workspaceNames } from "./settings.js";
import { Workspace } from "./workspace.js";

export interface WorkspacesOptions {
  /** Asked at the begin of each call: what ends its requests. Default: nothing. */
  signal?: () => AbortSignal | undefined;
  /** The same for a write that was sent. Default: `signal`. */
  writeSignal?: () => AbortSignal | undefined;
}

/** The configured workspaces. Nothing is read or checked before one is asked for. */
export class Workspaces {
  private readonly opened = new Map<string, Workspace>();

  constructor(
    private readonly config: ConfigReader,
    private readonly env: Environment,
    private readonly options: WorkspacesOptions = {},
  ) {}

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
    return new Workspace({ ...settingsOf(name, this.config, this.env), ...this.options, name });
  }
}
