import { readdirSync, readFileSync } from "node:fs";

const PROVIDER = /\bcmd\/dynamic-provider(\/index(\.js)?)?$|\/pulumi-resource-elevenlabs\.js$/;
const TICK_MS = 100;

const read = (pid, file) => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // The process has ended, or the system has no /proc.
    return "";
  }
};

const processes = () => {
  try {
    return readdirSync("/proc").filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
};

const isUnder = (pid, ancestor) => {
  for (let current = Number(pid); current > 1; ) {
    if (current === ancestor) return true;
    // The fields after the command's name. The name is in parentheses and can contain spaces and parentheses.
    current = Number(read(current, "stat").split(") ").at(-1).split(" ")[1]);
  }
  return false;
};

/**
 * Measures the peak memory of the provider process of a CLI that is about to start. The kernel records the peak,
 * so one reading before the process ends is enough. The result is undefined if the system has no /proc.
 */
export function watchMemory() {
  const before = new Set(processes());
  let provider;
  let peak;
  let timer;

  const find = (cli) =>
    processes().find((pid) => {
      if (before.has(pid)) return false;
      const [, script = ""] = read(pid, "cmdline").split("\0");
      return PROVIDER.test(script) && isUnder(pid, cli);
    });

  const tick = (cli) => {
    provider ??= find(cli);
    const kibibytes = provider && read(provider, "status").match(/^VmHWM:\s+(\d+) kB$/m)?.[1];
    if (kibibytes) peak = Number(kibibytes) * 1024;
  };

  return {
    start(cli) {
      timer = setInterval(tick, TICK_MS, cli);
    },
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}
