import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ChecksumError,
  fetchArtifact,
  type Limits,
  probe,
  type Sources,
  UnavailableError,
} from "../../../../offline/download";
import { downloadFile } from "../../../../offline/download/http";
import { cutOff, type Site, sha256, stalled, startSite } from "./site";

const limits: Limits = { answerMs: 300, stallMs: 200, attempts: 2, pauseMs: 10 };
const content = randomBytes(300_000);
const artifact = { site: "hashicorp", path: "nomad/1.0.0/program", checksums: "nomad/1.0.0/SHA256SUMS" } as const;

let site: Site;
let directory: string;
const messages: string[] = [];
const report = (message: string) => void messages.push(message);

beforeEach(async () => {
  messages.length = 0;
  directory = await mkdtemp(join(tmpdir(), "hs-test-download-"));
  site = await startSite({
    "/nomad/1.0.0/program": content,
    "/nomad/1.0.0/SHA256SUMS": `${sha256("another")}  another\n${sha256(content)}  program\n`,
  });
});

afterEach(async () => {
  await site.close();
  await rm(directory, { recursive: true, force: true });
});

function sourcesOf(pinned: Record<string, string> = {}): Sources {
  return { sites: { hashicorp: site.url, pulumi: site.url, "pulumi-plugin": site.url, fabio: site.url }, pinned };
}

function fetchIt(pinned?: Record<string, string>): Promise<void> {
  return fetchArtifact(artifact, directory, { report, limits, sources: sourcesOf(pinned) });
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error("it succeeded, a failure was expected");
    },
    (error: Error) => error,
  );
}

const nothingIsLeft = async () => expect(await readdir(directory)).toEqual([]);

test("a file that fits its published sum is used", async () => {
  await fetchIt();
  expect(await readFile(join(directory, "program"))).toEqual(content);
  expect(await readdir(directory)).toEqual(["program"]);
  expect(messages).toEqual([`downloading ${site.url}/nomad/1.0.0/program`]);
});

test("a file that fits its pinned sum too is used", async () => {
  await fetchIt({ program: sha256(content) });
  expect(await readdir(directory)).toEqual(["program"]);
});

test("a file that differs from its published sum is refused, with both sums", async () => {
  site.files.set("/nomad/1.0.0/SHA256SUMS", `${sha256("another")}  program\n`);
  const error = await failureOf(fetchIt());
  expect(error).toBeInstanceOf(ChecksumError);
  expect(error.message).toContain(sha256("another"));
  expect(error.message).toContain(sha256(content));
  await nothingIsLeft();
});

test("a file that differs from its pinned sum is refused, although it fits the published one", async () => {
  const error = await failureOf(fetchIt({ program: sha256("pinned") }));
  expect(error).toBeInstanceOf(ChecksumError);
  expect(error.message).toContain(`sources.json pins ${sha256("pinned")}`);
  await nothingIsLeft();
});

test("a file that no published list names is not even asked for", async () => {
  site.files.set("/nomad/1.0.0/SHA256SUMS", "<html>Please log in</html>");
  const error = await failureOf(fetchIt());
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toContain("has no SHA-256 sum for program");
  expect(site.asked).toEqual(["/nomad/1.0.0/SHA256SUMS"]);
});

test("a release that is not there is a final answer", async () => {
  site.files.delete("/nomad/1.0.0/program");
  const error = await failureOf(fetchIt());
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toBe(`${site.url}/nomad/1.0.0/program answered 404 Not Found`);
  expect(site.asked.filter((path) => path.endsWith("program"))).toHaveLength(1);
  await nothingIsLeft();
});

test.each([
  ["cut off", cutOff(content), "broke off after"],
  ["stalled", stalled(content), "nothing came for 0.2 s"],
])("a transfer that is %s is tried again and then given up", async (_name, answer, message) => {
  site.files.set("/nomad/1.0.0/program", answer);
  const error = await failureOf(fetchIt());
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toContain(message);
  expect(error.message).toContain("(2 tries)");
  expect(site.asked.filter((path) => path.endsWith("program"))).toHaveLength(2);
  await nothingIsLeft();
});

test("a transfer that breaks once is done anew", async () => {
  site.files.set("/nomad/1.0.0/program", (request, response) => {
    site.files.set("/nomad/1.0.0/program", content);
    const cut = cutOff(content);
    if (typeof cut === "function") cut(request, response);
  });
  await fetchIt();
  expect(await readFile(join(directory, "program"))).toEqual(content);
});

test("a server's own fault is tried again", async () => {
  site.files.set("/nomad/1.0.0/SHA256SUMS", (_request, response) => {
    site.files.set("/nomad/1.0.0/SHA256SUMS", `${sha256(content)}  program\n`);
    response.writeHead(503).end();
  });
  await fetchIt();
  expect(await readdir(directory)).toEqual(["program"]);
});

test("a server that accepts and says nothing is given up after the time for answers", async () => {
  site.files.set("/nomad/1.0.0/SHA256SUMS", () => undefined);
  const started = Date.now();
  const error = await failureOf(fetchIt());
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toContain("no answer within 0.3 s");
  expect(Date.now() - started).toBeLessThan(2_000);
});

test("a site that is not there is told with the reason", async () => {
  const sources = sourcesOf();
  await site.close();
  const error = await failureOf(fetchArtifact(artifact, directory, { report, limits, sources }));
  expect(error).toBeInstanceOf(UnavailableError);
  expect(error.message).toMatch(/cannot be reached: .*ECONNREFUSED/);
  site = await startSite();
});

test("what a killed run left half is not taken for whole", async () => {
  const path = join(directory, "program");
  await writeFile(`${path}.part`, content.subarray(0, 1000));
  const file = await downloadFile(`${site.url}/nomad/1.0.0/program`, path, report, () => undefined, limits);
  expect(file).toEqual({ bytes: content.length, sha256: sha256(content) });
  expect(await readdir(directory)).toEqual(["program"]);
  expect(await readFile(path)).toEqual(content);
});

test("progress is told in megabytes while a slow file arrives", async () => {
  site.files.set("/nomad/1.0.0/program", (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    const pieces = Array.from({ length: 24 }, (_, index) => content.subarray(index * 12_500, (index + 1) * 12_500));
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece) response.write(piece);
      else {
        clearInterval(timer);
        response.end();
      }
    }, 100);
  });
  await fetchIt();
  expect(messages.slice(1)).toEqual([expect.stringMatching(/^program: 0\.[123] MB of 0\.3 MB downloaded$/)]);
});

test("a probe tells a site that answers from one that does not", async () => {
  expect(await probe(`${site.url}/nomad/1.0.0/program`, 300)).toBe(true);
  expect(await probe(`${site.url}/no-such-page`, 300)).toBe(true);
  site.files.set("/refused", (_request, response) => response.writeHead(403).end());
  expect(await probe(`${site.url}/refused`, 300)).toBe(false);
  site.files.set("/silent", () => undefined);
  expect(await probe(`${site.url}/silent`, 300)).toBe(false);
  expect(await probe("http://127.0.0.1:1/", 300)).toBe(false);
});
