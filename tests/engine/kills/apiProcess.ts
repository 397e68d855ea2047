import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { join } from "node:path";
import { afterEach } from "@jest/globals";
import type { Operation, StoredSecret } from "../../../emulator/index";

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** The emulator as a process that can be killed, and restarted on the same port with the same secrets. */
export class ApiProcess {
  private asked = 0;

  private constructor(
    private child: ChildProcess,
    readonly url: string,
    readonly apiKey: string,
  ) {}

  static async start(): Promise<ApiProcess> {
    const { child, url, apiKey } = await start({ secrets: [] });
    return new ApiProcess(child, url, apiKey);
  }

  secrets(): Promise<StoredSecret[]> {
    return this.ask("secrets");
  }

  /** The next call of this kind gets no response. */
  hang(call: Operation, when: "before" | "after"): Promise<void> {
    return this.ask("hang", { on: call, when });
  }

  /** Waits until the call has arrived. */
  arrived(call: Operation): Promise<void> {
    return this.ask("arrived", call);
  }

  clearFaults(): Promise<void> {
    return this.ask("clearFaults");
  }

  /** Kills the process. `restart` starts it again with the same secrets. */
  async kill(): Promise<{ restart(): Promise<void> }> {
    const secrets = await this.secrets();
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    const port = Number(new URL(this.url).port);
    return {
      restart: async () => {
        ({ child: this.child } = await start({ port, secrets }));
      },
    };
  }

  private async ask<T>(command: string, argument?: unknown): Promise<T> {
    const id = this.asked++;
    this.child.send({ id, command, argument });
    for await (const [message] of on(this.child, "message", { close: ["exit"] })) {
      if (message.id === id) return message.answer as T;
    }
    throw new Error("The emulator process has ended");
  }
}

async function start(how: { port?: number; secrets: StoredSecret[] }) {
  const child = fork(join(process.cwd(), "tests/engine/kills/emulatorMain.cjs"));
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.send(how);
  const [{ url, apiKey }] = await once(child, "message");
  return { child, url, apiKey } as { child: ChildProcess; url: string; apiKey: string };
}
