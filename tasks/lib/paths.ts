import { join, resolve } from "node:path";

/** The project's root. */
export const root = resolve(__dirname, "../..");

/** What this checkout keeps for itself: state, passphrase, plugins. Ignored by git. */
export const local = join(root, ".hashistack");

/** The file with a stack's configuration. */
export function stackFile(name: string): string {
  return join(root, `Pulumi.${name}.yaml`);
}

export const paths = {
  jobs: join(root, "jobs"),
  /** Links to the tools in use. */
  bin: join(local, "bin"),
  /** Pulumi's home: stand-in plugins never go into `~/.pulumi`, where other projects would find them. */
  pulumiHome: join(local, "pulumi"),
  /** Pulumi's file backend. */
  state: join(local, "state"),
  /** Log and process id of a Docker engine that was started from here. */
  engine: join(local, "engine"),
  passphrase: join(local, "passphrase"),
} as const;
