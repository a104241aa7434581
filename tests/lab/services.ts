import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hashOf } from "../../offline/hash";
import { type EnsuredImage, ensureImages } from "../../offline/images";
import type { Report } from "../../offline/report";
import { pinnedVersion } from "../../offline/toolchain";
import { type ContainerSpec, ensureContainer, isRunning } from "./containers";
import { containerOf, type Inventory } from "./inventory";
import { place, withSigner } from "./keys";
import type { PackageRepository } from "./packages";
import { labPaths } from "./paths";
import { layOutRegistry, manifestType } from "./registry";
import { fabioRelease, hashicorpRelease } from "./releases";

/** Name of the services' container in the lab. */
export const servicesName = "services";

/** Serves files, and nothing else: it is what the sandbox runs anyway. */
const serverImage = "nginx:alpine";

/** The images that the lab's registry has. */
export function labImages(): string[] {
  return [
    `hashicorp/consul:${pinnedVersion("consul")}`,
    `hashicorp/nomad:${pinnedVersion("nomad")}`,
    `fabiolb/fabio:${pinnedVersion("fabio")}`,
    serverImage,
    "redis:7",
    "alexwhen/docker-2048:latest",
  ];
}

/** Lays out what the services serve. */
export async function layOutServices(
  packages: PackageRepository,
  releases: string,
  report: Report,
): Promise<readonly EnsuredImage[]> {
  const images = await ensureImages(labImages(), { report });
  await layOutRegistry(labPaths.registry, images, report);
  await layOutWww(packages, releases);
  return images;
}

/** Folders of the cache, as the services' container sees them. */
const mounts = { debian: "/srv/debian", releases: "/srv/releases" } as const;

/**
 * Signed lists, and links to what is listed: those lead to where the cache is mounted in the container. A test that
 * wants a mirror to serve something else puts a file in a link's place.
 */
async function layOutWww(packages: PackageRepository, releases: string): Promise<void> {
  const { suite, architecture } = packages;
  const made = `${labPaths.www}.new`;
  await rm(made, { recursive: true, force: true });
  await withSigner(async (signer) => {
    for (const [name, source, mount] of [
      ["debian", packages.folder, mounts.debian],
      ["hashicorp", join(releases, "apt/hashicorp"), `${mounts.releases}/apt/hashicorp`],
    ] as const) {
      const repository = join(made, "apt", name);
      const dists = join(repository, "dists", suite);
      await mkdir(dists, { recursive: true });
      await symlink(`${mount}/pool`, join(repository, "pool"));
      await symlink(`${mount}/dists/${suite}/main`, join(dists, "main"));
      await writeFile(join(dists, "Release"), await readFile(join(source, "dists", suite, "Release")));
      await signer.clear(join(dists, "Release"), join(dists, "InRelease"));
      await signer.detached(join(dists, "Release"), join(dists, "Release.gpg"), "armored");
    }
    for (const { archive, sums, signature } of [
      hashicorpRelease("consul", pinnedVersion("consul"), architecture),
      hashicorpRelease("nomad", pinnedVersion("nomad"), architecture),
      fabioRelease(pinnedVersion("fabio"), architecture),
    ]) {
      await mkdir(join(made, archive, ".."), { recursive: true });
      await symlink(`${mounts.releases}/releases/${archive}`, join(made, archive));
      await writeFile(join(made, sums), await readFile(join(releases, "releases", sums)));
      if (signature) await signer.detached(join(made, sums), join(made, signature), "binary");
    }
  });
  // The container has the folder itself mounted: what is in it is exchanged, not the folder.
  await mkdir(labPaths.www, { recursive: true });
  for (const name of ["apt", "consul", "nomad", "fabio"]) {
    await rm(join(labPaths.www, name), { recursive: true, force: true });
    await rename(join(made, name), join(labPaths.www, name));
  }
  await rm(made, { recursive: true });
}

/** The configuration of the server. */
export function renderServer(): string {
  return `# Releases and packages at port 80; at 5000 images, for whoever pulls.
worker_processes 1;
error_log /dev/stderr warn;
pid /tmp/nginx.pid;
events {}
http {
  access_log off;
  sendfile on;
  default_type application/octet-stream;
  types { text/plain txt; }
  map_hash_bucket_size 256;
  map $uri $digest {
    include /srv/registry/digests.map;
  }
  server {
    listen 80;
    root /srv/www;
    autoindex on;
  }
  server {
    listen 5000;
    root /srv/registry;
    add_header Docker-Distribution-Api-Version registry/2.0;
    location = /v2/ {
      default_type application/json;
      return 200 '{}';
    }
    location ~ ^/v2/.+/manifests/ {
      default_type ${manifestType};
      types { }
      add_header Docker-Distribution-Api-Version registry/2.0;
      add_header Docker-Content-Digest $digest;
    }
    location ~ ^/v2/.+/blobs/(sha256:[0-9a-f]+)$ {
      alias /srv/registry/blobs/$1;
    }
  }
}
`;
}

/** The services as a container. */
export function servicesSpec(
  inventory: Inventory,
  image: string,
  cache: { debian: string; releases: string },
): ContainerSpec {
  const mount = (from: string, to: string) => ["--volume", `${from}:${to}:ro`];
  return {
    name: servicesName,
    image,
    address: inventory.services,
    subnet: inventory.subnet,
    options: [
      ...mount(cache.debian, mounts.debian),
      ...mount(cache.releases, mounts.releases),
      ...mount(labPaths.www, "/srv/www"),
      ...mount(labPaths.registry, "/srv/registry"),
      ...mount(labPaths.services, "/etc/hashistack-lab"),
      ...["--entrypoint", "nginx"],
    ],
    command: ["-c", "/etc/hashistack-lab/nginx.conf", "-g", "daemon off;"],
  };
}

/** Starts the services and waits for their first answer. */
export async function ensureServices(
  inventory: Inventory,
  packages: PackageRepository,
  releases: string,
  images: readonly EnsuredImage[],
): Promise<void> {
  const configuration = renderServer();
  await place(join(labPaths.services, "nginx.conf"), configuration);
  const image = images.find(({ reference }) => reference === serverImage)?.id ?? serverImage;
  const spec = servicesSpec(inventory, image, { debian: packages.folder, releases });
  // The registry's map is read when the server starts.
  const map = await readFile(join(labPaths.registry, "digests.map"), "utf8");
  await ensureContainer(spec, hashOf(JSON.stringify(spec), configuration, map), async () => {});
  await awaitServices(`http://${inventory.services}:5000/v2/`);
}

async function awaitServices(url: string): Promise<void> {
  const name = containerOf(servicesName);
  const deadline = Date.now() + 15_000;
  let reason = "";
  while (Date.now() < deadline) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch((cause: Error) => cause);
    if (answer instanceof Response && answer.ok) return;
    reason = answer instanceof Response ? `HTTP ${answer.status}` : String(answer.cause ?? answer.message);
    if (!(await isRunning(name))) break;
    await sleep(100);
  }
  throw new Error(`The lab's services do not answer at ${url} (${reason}). Look at: docker logs ${name}`);
}
