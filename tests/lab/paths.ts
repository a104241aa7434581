import { join } from "node:path";
import { local } from "../../tasks/lib/paths";

const folder = join(local, "lab");

/** What the lab keeps in this checkout. All of it goes with `make lab-down`. */
export const labPaths = {
  folder,
  /** Taken while the lab is brought up or down; beside the folder, which goes. */
  lock: join(local, "lab.lock"),
  /** Private key of `ops` on every machine. */
  key: join(folder, "id_ed25519"),
  /** Keys that the machines show, by address and by name. */
  knownHosts: join(folder, "known_hosts"),
  /** Public key of whoever signs the lab's releases and packages, armoured. */
  signingKey: join(folder, "signing-key.asc"),
  /** The other half of it. */
  signingSecret: join(folder, "signing-key.secret.asc"),
  /** The machines' own keys, a folder a machine. */
  hostKeys: join(folder, "host-keys"),
  /** What the services serve at port 80: releases and packages. */
  www: join(folder, "www"),
  /** What they serve at port 5000: images. */
  registry: join(folder, "registry"),
  /** Their own configuration. */
  services: join(folder, "services"),
} as const;
