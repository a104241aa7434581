import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../../offline/command";
import { ensureEngine, ensureSharedMounts, stopEngine } from "../../../offline/engine";
import { volumesShared } from "../../../offline/engine/sharedMounts";
import { tryPropagation } from "../../../offline/engine/trial";

/**
 * Run in namespaces of its own, where no engine answers and nothing is mounted shared: starts an engine, twice, shares
 * its mounts and stops it. Prints what it saw as JSON.
 */
async function main(directory: string): Promise<void> {
  const lines: string[] = [];
  const options = { directory, report: (line: string) => void lines.push(line) };

  // What a killed daemon leaves, its number since given to another process: this one.
  await writeFile("/var/run/docker.pid", String(process.pid));
  const [first, second] = await Promise.all([ensureEngine(options), ensureEngine(options)]);
  const again = await ensureEngine(options);

  // The daemon shares its own folder where it can; take that away, as a machine may have it.
  const folder = join(first.root, "volumes");
  await mkdir(folder, { recursive: true });
  await run("mount", ["--bind", folder, folder]);
  await run("mount", ["--make-private", folder]);
  const before = [(await volumesShared())?.shared, await tryPropagation(folder)];
  await ensureSharedMounts(options);
  const after = [(await volumesShared())?.shared, await tryPropagation(folder)];
  const mounts = await readFile("/proc/self/mountinfo", "utf8");
  await ensureSharedMounts(options);
  const unchanged = (await readFile("/proc/self/mountinfo", "utf8")) === mounts;
  const left =
    (await run("docker", ["ps", "--all", "--quiet"])) + (await run("docker", ["images", "--all", "--quiet"]));

  const stopped = await stopEngine(options);
  const stoppedAgain = await stopEngine(options);
  const restarted = await ensureEngine(options);
  await stopEngine(options);
  console.log(
    JSON.stringify({
      origins: [first.origin, second.origin, again.origin, restarted.origin],
      before,
      after,
      unchanged,
      left,
      stopped: [stopped, stoppedAgain],
      lines,
    }),
  );
}

main(process.argv[2] ?? "").catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
