import { run } from "../../offline/command";
import { ensureImages } from "../../offline/images";
import { FakeRegistry } from "./support/registry";

const minute = 60_000;
const made: string[] = [];
const lines: string[] = [];
const report = (line: string) => void lines.push(line);
const ensure = async (...references: string[]) => {
  made.push(...references);
  return (await ensureImages(references, { report })).map(({ origin }) => origin);
};
const labels = async (reference: string) =>
  JSON.parse(await run("docker", ["image", "inspect", "--format", "{{json .Config.Labels}}", reference]));

let registry: FakeRegistry | undefined;

beforeEach(() => {
  lines.length = 0;
});

afterEach(async () => {
  await registry?.stop();
  const there = (await run("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"])).split("\n");
  const ours = made.splice(0).concat(there.filter((name) => /^127\.0\.0\.1:\d+\/(hs-test|alexwhen)\//.test(name)));
  for (const reference of new Set(ours)) {
    await run("docker", ["image", "rm", "--force", reference]).catch((error: Error) => {
      if (!/no such image/i.test(error.message)) throw error;
    });
  }
});

test(
  "an image that its registry has is pulled, once",
  async () => {
    registry = new FakeRegistry("hs-test/thing:1");
    const reference = `${await registry.start()}/hs-test/thing:1`;
    expect(await ensure(reference)).toEqual(["pulled"]);
    expect(await labels(reference)).toEqual({ "hashistack.test": "pulled" });
    const before = registry.requests.length;
    expect(await ensure(reference)).toEqual(["present"]);
    expect(registry.requests).toHaveLength(before);
  },
  minute,
);

test(
  "the game under a tag of ours is its publisher's latest",
  async () => {
    registry = new FakeRegistry("alexwhen/docker-2048:latest");
    const reference = `${await registry.start()}/alexwhen/docker-2048:sandbox`;
    expect(await ensure(reference)).toEqual(["pulled"]);
    expect(await labels(reference)).toEqual({ "hashistack.test": "pulled" });
  },
  minute,
);

test(
  "an image that its registry does not have is made here, and the next one is still pulled",
  async () => {
    registry = new FakeRegistry("hs-test/thing:1");
    const host = await registry.start();
    expect(await ensure(`${host}/library/nginx:alpine`, `${host}/hs-test/thing:1`)).toEqual(["built", "pulled"]);
    await expect(ensure(`${host}/hs-test/thing:2`)).rejects.toThrow(
      new RegExp(`${host}/hs-test/thing:2 is not on this engine, ${host} did not give it: .*manifest unknown`),
    );
  },
  5 * minute,
);

test(
  "a registry that takes the question and never answers costs seconds, once",
  async () => {
    registry = new FakeRegistry("hs-test/thing:1");
    registry.mute = true;
    const host = await registry.start();
    const began = Date.now();
    expect(await ensure(`${host}/library/nginx:alpine`, `${host}/library/nginx:stable`)).toEqual(["built", "built"]);
    expect(lines.filter((line) => line === `${host} does not answer`)).toHaveLength(1);
    expect(Date.now() - began).toBeLessThan(12_000);
  },
  minute,
);
