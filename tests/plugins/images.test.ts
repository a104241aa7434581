import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../offline/command";
import { ensureImages } from "../../offline/images";
import { pinnedVersion } from "../../offline/toolchain";

const minute = 60_000;
/** A registry that nobody can reach: its top-level domain is reserved for that. */
const registry = "hs-test.invalid";
const references = {
  consul: `${registry}/hashicorp/consul:${pinnedVersion("consul")}`,
  nomad: `${registry}/hashicorp/nomad:${pinnedVersion("nomad")}`,
  fabio: `${registry}/fabiolb/fabio:${pinnedVersion("fabio")}`,
  nginx: `${registry}/library/nginx:alpine`,
  redis: `${registry}/library/redis:7`,
  game: `${registry}/alexwhen/docker-2048:sandbox`,
};
const label = "hashistack.test=images";
const report = () => {};

const docker = (...args: string[]) => run("docker", args);
const containerRun = (...args: string[]) => docker("run", "--rm", "--label", label, "--network", "none", ...args);
const importImage = (reference: string, ...changes: string[]) =>
  run("docker", ["import", ...changes.flatMap((change) => ["--change", change]), "-", reference], {
    input: Buffer.alloc(10_240),
  });

async function cleanUp(): Promise<void> {
  const containers = (await docker("ps", "--all", "--quiet", "--filter", `label=${label}`)).split("\n").filter(Boolean);
  if (containers.length > 0) {
    await docker("rm", "--force", "--volumes", ...containers);
  }
  const images = (await docker("images", "--format", "{{.Repository}}:{{.Tag}}")).split("\n");
  for (const image of images.filter((name) => name.startsWith(`${registry}/`))) {
    await docker("image", "rm", "--force", image);
  }
}

/** Starts a container on the engine's own network, and gives its name and address. */
async function start(...args: string[]): Promise<{ id: string; address: string }> {
  const id = (await docker("run", "--detach", "--label", label, ...args)).trim();
  const address = (await docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", id)).trim();
  return { id, address };
}

/** The first answer, within ten seconds. */
async function eventually<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === 50) throw error;
      await sleep(200);
    }
  }
}

const page = (address: string, path = "/") =>
  eventually(async () => {
    const response = await fetch(`http://${address}${path}`);
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
  });

beforeAll(async () => {
  await cleanUp();
  const images = await ensureImages(Object.values(references), { report });
  expect(images.map(({ origin }) => origin)).toEqual(images.map(() => "built"));
  // Cold, this builds Consul, Nomad and Fabio from their modules.
}, 25 * minute);

afterAll(cleanUp, minute);

test(
  "consul: a subcommand goes to consul, a shell is a shell, an agent answers",
  async () => {
    expect(await containerRun(references.consul, "version")).toContain(`Consul v${pinnedVersion("consul")}`);
    expect((await containerRun(references.consul, "sh", "-c", "echo $((6 * 7))")).trim()).toBe("42");
    const { id, address } = await start(references.consul, "agent", "-dev", "-client=0.0.0.0");
    const leader = await eventually(async () => {
      const text = await (await fetch(`http://${address}:8500/v1/status/leader`)).text();
      if (text === '""') throw new Error("no leader yet");
      return text;
    });
    expect(leader).toContain(":8300");
    expect(await docker("inspect", "--format", "{{json .Args}}", id)).toContain("-client=0.0.0.0");
  },
  2 * minute,
);

test("nomad: what its exec driver and the sweep after it need is there", async () => {
  expect(await containerRun(references.nomad, "version")).toContain(`Nomad v${pinnedVersion("nomad")}`);
  const script =
    "test -x /bin/sleep && test -x /bin/mount && test -x /bin/umount && test -s /etc/ssl/certs/ca-certificates.crt && id -un";
  expect((await containerRun(references.nomad, "sh", "-c", script)).trim()).toBe("root");
  // Upstream's path, and the program's own way to start it.
  expect(await containerRun("--entrypoint", "/bin/nomad", references.nomad, "version")).toContain("Nomad v");
  expect(await containerRun("--entrypoint", "nomad", references.nomad, "version")).toContain("Nomad v");
});

test("fabio: at its path, with the configuration file that its entrypoint names", async () => {
  const image = JSON.parse(await docker("image", "inspect", "--format", "{{json .Config}}", references.fabio));
  expect([image.Entrypoint, image.Cmd]).toEqual([["/usr/bin/fabio"], ["-cfg", "/etc/fabio/fabio.properties"]]);
  expect(await containerRun(references.fabio, "-v")).toContain(pinnedVersion("fabio"));
  await containerRun("--entrypoint", "/bin/cat", references.fabio, "/etc/fabio/fabio.properties");
});

test("nginx: serves its welcome page, takes a site of one's own, logs to the container's log", async () => {
  const { id, address } = await start(references.nginx);
  expect(await page(address)).toMatchObject({ status: 200, type: "text/html" });
  expect((await page(address)).text).toContain("<title>Welcome to nginx!</title>");
  expect((await page(address, "/none")).status).toBe(404);
  expect(await docker("logs", id)).toContain('"GET / HTTP/1.1" 200');
  const site = "server { listen 8080; location / { return 200 mine; } }";
  const write = `printf '%s' '${site}' > /etc/nginx/conf.d/own.conf && exec nginx -g 'daemon off;'`;
  const own = await start("--entrypoint", "/bin/sh", references.nginx, "-c", write);
  expect((await page(`${own.address}:8080`)).text).toBe("mine");
});

test(
  "redis: answers from another address, also with options of one's own",
  async () => {
    const { id, address } = await start(references.redis, "--appendonly", "yes");
    const client = (...args: string[]) =>
      docker("run", "--rm", "--label", label, "--entrypoint", "redis-cli", references.redis, "-h", address, ...args);
    expect((await eventually(() => client("ping"))).trim()).toBe("PONG");
    expect(await client("config", "get", "protected-mode")).toMatch(/protected-mode\s+no/);
    expect(await client("config", "get", "appendonly")).toMatch(/appendonly\s+yes/);
    expect(await client("config", "get", "dir")).toMatch(/dir\s+\/data/);
    expect(await client("info", "server")).toMatch(/redis_version:7\./);
    expect(await docker("logs", id)).toContain("Ready to accept connections");
  },
  minute,
);

test("2048: serves a game of our own, whole", async () => {
  const { address } = await start(references.game);
  const { text } = await page(address);
  expect(text).toContain("<title>2048</title>");
  const parts = [...text.matchAll(/(?:src|href)="([^"#:]+)"/g)].map(([, path]) => path as string);
  expect(parts.length).toBeGreaterThan(0);
  for (const path of parts) {
    expect((await page(address, `/${path}`)).status).toBe(200);
  }
});

test("labels say what a stand-in is", async () => {
  const labels = JSON.parse(await docker("image", "inspect", "--format", "{{json .Config.Labels}}", references.redis));
  expect(labels).toMatchObject({
    "hashistack.standin": "true",
    "org.opencontainers.image.title": "redis (stand-in)",
    "org.opencontainers.image.version": expect.stringMatching(/^7\.0\.\d+$/),
    "org.opencontainers.image.description": expect.stringContaining("made by hashistack from Debian packages"),
  });
});

test(
  "what is there is used; of our own, what is out of date is made anew; another's is left alone",
  async () => {
    const [first] = await ensureImages([references.nginx], { report });
    expect(first?.origin).toBe("present");

    const renewed = `${registry}/library/nginx:stable`;
    const old = (await importImage(renewed, "LABEL hashistack.standin=true", "LABEL hashistack.recipe=old")).trim();
    const [outdated] = await ensureImages([renewed], { report });
    expect(outdated?.origin).toBe("built");
    await expect(docker("image", "inspect", old)).rejects.toThrow(/no such image/i);

    const foreign = `${registry}/library/nginx:latest`;
    const id = (await importImage(foreign, "LABEL maintainer=somebody")).trim();
    expect(await ensureImages([foreign], { report })).toEqual([{ reference: foreign, origin: "present", id }]);
  },
  minute,
);

test("an image that nobody has and nobody can make is named, with what to do", async () => {
  await expect(ensureImages([`${registry}/some/thing:1`], { report })).rejects.toThrow(
    `The image ${registry}/some/thing:1 is not on this engine, ${registry} does not answer, and there is no recipe to make it here. Load it`,
  );
  await expect(ensureImages([`${registry}/library/redis:6`], { report })).rejects.toThrow(
    "a stand-in for redis can be made for these tags: 7 or 7.0",
  );
});
