import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { readSources } from "../../offline/download";
import { ensurePlugins } from "../../offline/plugins/install";
import { comesWithCli, officialDownload, pluginArtifact } from "../../offline/plugins/official";
import { folderName, type WantedPlugin, wantedResources } from "../../offline/plugins/required";

const command: WantedPlugin = { kind: "resource", name: "command", version: "1.2.1" };
const limits = { answerMs: 1000, stallMs: 1000, attempts: 1, pauseMs: 10 };

async function archive(content: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: "LICENSE" }, "text");
  tar.entry({ name: "pulumi-resource-command", mode: 0o755 }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

describe("plugins in a Pulumi home", () => {
  let home: string;
  let server: Server;
  let files: Map<string, Buffer | string>;
  let reports: string[];
  const report = (message: string) => void reports.push(message);
  const folder = () => path.join(home, "plugins", folderName(command));
  const executable = () => path.join(folder(), "pulumi-resource-command");

  beforeEach(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), "hs-test-home-"));
    files = new Map();
    reports = [];
    server = createServer((request, response) => {
      const content = files.get((request.url ?? "").slice(1));
      response.writeHead(content === undefined ? 404 : 200).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(home, { recursive: true, force: true });
  });

  const download = () => {
    const sources = readSources({});
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return officialDownload({ sources: { ...sources, sites: { ...sources.sites, "pulumi-plugin": mirror } }, limits });
  };
  const ensure = async (fetch = download()) =>
    (await ensurePlugins({ home, report, plugins: [command], download: fetch }))[0]?.origin;
  const publish = async (content: string, sum?: string) => {
    const file = await archive(content);
    const { path: where, checksums } = pluginArtifact(command);
    files.set(where, file);
    files.set(checksums, `${sum ?? createHash("sha256").update(file).digest("hex")}  ${path.basename(where)}\n`);
  };

  it("are the official ones where these can be downloaded, and then stay", async () => {
    await publish("#!/bin/sh\necho official\n");
    expect(await ensure()).toBe("downloaded");
    expect(await readFile(executable(), "utf8")).toContain("official");
    expect((await stat(executable())).mode & 0o111).not.toBe(0);
    files.clear();
    expect(await ensure()).toBe("present");
    expect(await readdir(path.join(home, "plugins"))).toEqual([folderName(command)]);
  });

  it("are stand-ins where the site has not got them, made once", async () => {
    expect(await ensure()).toBe("stand-in");
    expect(JSON.parse(await readFile(path.join(folder(), "stand-in.json"), "utf8")).what).toContain("Stand-in");
    const made = (await stat(executable())).mtimeMs;
    reports = [];
    expect(await ensure()).toBe("stand-in");
    expect(reports).toEqual([]);
    expect((await stat(executable())).mtimeMs).toBe(made);
  });

  it("are no stand-ins where somebody put a wrong file", async () => {
    await publish("evil", "0".repeat(64));
    await expect(ensure()).rejects.toThrow(/SHA-256|sum/i);
    expect(existsSync(folder())).toBe(false);
    expect(await readdir(path.join(home, "plugins"))).toEqual([]);
  });

  it("do not wait for a site that does not answer", async () => {
    await new Promise((resolve) => server.close(resolve));
    const dead = download;
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    server.removeAllListeners("request");
    const start = Date.now();
    expect(await ensure(dead())).toBe("stand-in");
    expect(Date.now() - start).toBeLessThan(20_000);
    server.closeAllConnections();
  });

  it("are made again when they are old, broken or half there", async () => {
    const none = async () => false;
    await ensure(none);
    const marker = path.join(folder(), "stand-in.json");

    await writeFile(marker, JSON.stringify({ sources: "old" }));
    reports = [];
    await ensure(none);
    expect(reports).toHaveLength(1);

    for (const part of [executable(), path.join(folder(), "plugin.js")]) {
      await rm(part);
      await ensure(none);
      expect(existsSync(part)).toBe(true);
    }

    await writeFile(`${folder()}.partial`, "");
    reports = [];
    await ensure(none);
    expect(reports).toHaveLength(1);
    expect(existsSync(`${folder()}.partial`)).toBe(false);
  });

  it("start with what V8 compiled of them before, and without it where that is spoilt", async () => {
    await ensure(async () => false);
    const compiled = path.join(folder(), "plugin.js.compiled");
    const start = async () => {
      const plugin = spawn(executable(), ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
      const [port] = await once(plugin.stdout, "data");
      plugin.stdin.end();
      await once(plugin, "close");
      return String(port);
    };

    expect(await start()).toMatch(/^\d+\n$/);
    const first = await readFile(compiled);
    expect(await start()).toMatch(/^\d+\n$/);
    expect(await readFile(compiled)).toEqual(first);

    await writeFile(compiled, "spoilt");
    expect(await start()).toMatch(/^\d+\n$/);
    expect((await stat(compiled)).size).toBeGreaterThan(100_000);
    expect((await readdir(folder())).filter((name) => name.startsWith("plugin.js.compiled"))).toHaveLength(1);
  });

  it("survive a run that was killed", async () => {
    // No process has this number: it is above what Linux gives.
    const leftover = path.join(home, "plugins/.staging-99999999-dead");
    await mkdir(leftover, { recursive: true });
    await writeFile(path.join(leftover, "pulumi-resource-command"), "half");
    expect(await ensure(async () => false)).toBe("stand-in");
    expect(await readdir(path.join(home, "plugins"))).toEqual([folderName(command)]);
  });

  it("cannot be made up", async () => {
    const plugins: WantedPlugin[] = [{ kind: "resource", name: "aws", version: "7.0.0" }];
    await expect(ensurePlugins({ home, report, plugins, download: async () => false })).rejects.toThrow(
      "resource-aws-v7.0.0 cannot be downloaded here, and this project has no stand-in for it",
    );
  });

  it("are left to the CLI where it brought them", async () => {
    const host: WantedPlugin = { kind: "language", name: "nodejs", version: "3.0.0" };
    const bin = path.join(home, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "pulumi"), "", { mode: 0o755 });
    expect(comesWithCli(host, path.join(bin, "pulumi"), "")).toBe(false);
    await writeFile(path.join(bin, "pulumi-language-nodejs"), "", { mode: 0o755 });
    expect(comesWithCli(host, path.join(bin, "pulumi"), "")).toBe(true);
    expect(comesWithCli(host, undefined, bin)).toBe(true);
    expect(await ensurePlugins({ home, report, pulumi: path.join(bin, "pulumi"), plugins: [host] })).toEqual([]);
  });

  it("that the program needs are those of its npm packages", () => {
    const wanted = wantedResources().map(folderName);
    for (const name of ["command", "docker", "nomad"]) {
      const { version } = require(`@pulumi/${name}/package.json`);
      expect(wanted).toContain(`resource-${name}-v${version}`);
    }
  });
});
