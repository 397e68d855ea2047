import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import {
  getOrAdd,
  type NamesInCreation,
  type Owner,
  type OwnerStore,
  type OwnersById,
} from "../../workspaces/owners.js";

/**
 * Keeps the owners where all provider processes of one operation see them: each explicit provider object of a program is a
 * process of its own, and two of them may mean one workspace. The files are in the folder for temporary files, by hashes of
 * ids and names, and go when the process ends.
 */
export class OwnersAcrossProcesses implements OwnerStore {
  private readonly folder: string;
  // What this process has itself.
  private readonly ownersByEndpoint = new Map<string, Map<string, Owner[]>>();
  private readonly namesByAccount = new Map<string, Set<string>>();

  /** `operation` tells the operations of the engine apart, such as by the engine's address. */
  constructor(operation: string) {
    this.folder = join(tmpdir(), `pulumi-elevenlabs-${userInfo().uid}`, hashOf(operation));
  }

  ownersAt(endpoint: string): OwnersById {
    const own = getOrAdd(this.ownersByEndpoint, endpoint, () => new Map());
    const folderOf = (id: string) => join(this.folder, hashOf("owners", endpoint, id));
    return {
      get: (id) => [...(own.get(id) ?? []), ...this.readOthers(folderOf(id))],
      set(id, owners) {
        own.set(
          id,
          owners.filter((owner) => owner.process === undefined),
        );
        write(folderOf(id), JSON.stringify(own.get(id)));
        return this as never;
      },
    };
  }

  namesAt(endpoint: string, apiKey: string | undefined): NamesInCreation {
    const own = getOrAdd(this.namesByAccount, `${endpoint} ${apiKey}`, () => new Set());
    const folderOf = (name: string) => join(this.folder, hashOf("names", endpoint, apiKey ?? "", name));
    const others = (name: string) => liveProcessesIn(folderOf(name)).length > 0;
    return {
      has: (name) => own.has(name) || others(name),
      add(name) {
        own.add(name);
        write(folderOf(name), "");
        return this as never;
      },
      delete(name) {
        rmSync(join(folderOf(name), String(process.pid)), { force: true });
        return own.delete(name);
      },
    };
  }

  /** To be called when the process ends. */
  close(): void {
    for (const folder of foldersIn(this.folder))
      rmSync(join(this.folder, folder, String(process.pid)), { force: true });
    const isInUse = foldersIn(this.folder).some((folder) => foldersIn(join(this.folder, folder)).length > 0);
    if (!isInUse) rmSync(this.folder, { recursive: true, force: true });
  }

  private readOthers(folder: string): Owner[] {
    return liveProcessesIn(folder).flatMap((pid) => {
      try {
        const owners = JSON.parse(readFileSync(join(folder, pid), "utf8")) as Owner[];
        return owners.map((owner) => ({ ...owner, process: pid }));
      } catch {
        // It has just ended.
        return [];
      }
    });
  }
}

/** Other processes that have a file there and still run: one that was killed leaves its files. */
function liveProcessesIn(folder: string): string[] {
  return foldersIn(folder).filter((pid) => pid !== String(process.pid) && isRunning(Number(pid)));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function write(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, String(process.pid)), text, { mode: 0o600 });
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function hashOf(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
