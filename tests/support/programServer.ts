import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { join } from "node:path";

/** The global variable with the program server. The test environment shares globals with the tests, but no modules. */
export const PROGRAMS = "programServer";

export function programServer(): ProgramServer {
  return (globalThis as unknown as { [PROGRAMS]: ProgramServer })[PROGRAMS];
}

/** A process that runs the programs of many stacks, one after another. It ends with jest's process. */
export class ProgramServer {
  private started: Promise<{ child: ChildProcess; address: string }> | undefined;

  /** Calls `useAddress` with the address for `--client`. Until that call ends, the program in `folder` has the environment `env`. */
  async run<T>(folder: string, env: Record<string, string>, useAddress: (address: string) => Promise<T>): Promise<T> {
    for (;;) {
      this.started ??= start();
      const { started } = this;
      const { child, address } = await started;
      if (await accepts(child, { folder, env })) {
        return useAddress(address).finally(() => child.connected && child.send({ folder }, () => {}));
      }
      // The server ended because its last program was cancelled. Another test may have replaced the server already.
      if (this.started === started) this.started = undefined;
    }
  }
}

async function start() {
  const child = fork(join(__dirname, "runPrograms.cjs"), { execArgv: [] });
  const [{ port }] = await once(child, "message");
  // Jest's process ends without waiting for the server.
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
