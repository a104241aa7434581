import { run } from "../../offline/command";

/** What something gave, and the most memory that this process's children and theirs held meanwhile, in megabytes. */
export async function withPeakMemory<T>(work: () => Promise<T>): Promise<{ result: T; megabytes: number }> {
  let peak = 0;
  const timer = setInterval(async () => {
    peak = Math.max(peak, await heldByChildren());
  }, 500);
  try {
    return { result: await work(), megabytes: Math.round(peak / 1024) };
  } finally {
    clearInterval(timer);
  }
}

async function heldByChildren(): Promise<number> {
  const rows = (await run("ps", ["-eo", "pid=,ppid=,rss="])).trim().split("\n");
  const processes = rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number]);
  const held = (parent: number): number =>
    processes.reduce((sum, [pid, ppid, rss]) => sum + (ppid === parent ? rss + held(pid) : 0), 0);
  return held(process.pid);
}
