import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { join } from "node:path";

/** Where tests find the program server of their jest worker: the test environment shares globals with them, but no modules. */
export const PROGRAMS = "programServer";

export function programServer(): ProgramServer {
  return (globalThis as unknown as { [PROGRAMS]: ProgramServer })[PROGRAMS];
}

/** A process that runs the programs of many stacks, one after another. It starts with the first, and ends with this one. */
export class ProgramServer {
  private started: Promise<{ child: ChildProcess; address: string }> | undefined;

  /** Calls `useAddress` with the address for `--client`, until it has ended. The program of this folder gets this environment. */
  async run<T>(folder: string, env: Record<string, string>, useAddress: (address: string) => Promise<T>): Promise<T> {
    for (;;) {
      this.started ??= start();
      const { started } = this;
      const { child, address } = await started;
      if (await accepts(child, { folder, env })) {
        return useAddress(address).finally(() => child.connected && child.send({ folder }, () => {}));
      }
      // It ended because its last program was given up. Another test may have noticed that already.
      if (this.started === started) this.started = undefined;
    }
  }
}

async function start() {
  const child = fork(join(__dirname, "runPrograms.cjs"), { execArgv: [] });
  const [{ port }] = await once(child, "message");
  // Jest's process ends without waiting for it.
  child.unref();
  child.channel?.unref();
  return { child, address: `127.0.0.1:${port}` };
}

async function accepts(
  child: ChildProcess,
  program: { folder: string; env: Record<string, string> },
): Promise<boolean> {
  if (!child.connected) return false;
  const done = new AbortController();
  const ended = once(child, "exit", done).then(() => false);
  const answered = answerOf(child, program.folder, done);
  child.send(program, () => {});
  try {
    return await Promise.race([ended, answered]);
  } finally {
    done.abort();
    await Promise.allSettled([ended, answered]);
  }
}

async function answerOf(child: ChildProcess, program: string, options: { signal: AbortSignal }): Promise<boolean> {
  for await (const [{ folder }] of on(child, "message", options)) if (folder === program) return true;
  return false;
}
