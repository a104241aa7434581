import { run } from "../command";

/** Marks what a trial makes, so that the next one removes what a killed one left. */
const label = "hashistack.trial=propagation";
/** An archive with nothing in it. */
const emptyTar = Buffer.alloc(10_240);

/**
 * Whether the engine starts a container with a folder of its own mounted `rshared`. It is asked to run a program that is
 * not there, in an image with nothing in it: it looks at the mounts first, and says which of the two it dislikes.
 */
export async function tryPropagation(folder: string): Promise<boolean> {
  await sweep();
  const image = (await run("docker", ["import", "--change", `LABEL ${label}`, "-"], { input: emptyTar })).trim();
  try {
    await run("docker", [
      ...["run", "--rm", "--label", label, "--network", "none"],
      ...["--mount", `type=bind,source=${folder},target=${folder},bind-propagation=rshared`],
      ...[image, "/none"],
    ]);
    throw new Error("the trial container ran a program that is not there");
  } catch (cause) {
    const shared = readTrial((cause as Error).message);
    if (shared === undefined) {
      throw cause;
    }
    return shared;
  } finally {
    await sweep();
  }
}

/** What the engine's refusal tells of the mount; undefined where it tells nothing. */
export function readTrial(refusal: string): boolean | undefined {
  if (/is not a shared( or slave)? mount/.test(refusal)) {
    return false;
  }
  return /no such file or directory|executable file not found/.test(refusal) && refusal.includes("/none")
    ? true
    : undefined;
}

async function sweep(): Promise<void> {
  const containers = await run("docker", ["ps", "--all", "--quiet", "--filter", `label=${label}`]);
  for (const id of containers.split("\n").filter(Boolean)) {
    await run("docker", ["rm", "--force", id]);
  }
  const images = await run("docker", ["images", "--all", "--quiet", "--filter", `label=${label}`]);
  for (const id of new Set(images.split("\n").filter(Boolean))) {
    await run("docker", ["image", "rm", "--force", id]);
  }
}
