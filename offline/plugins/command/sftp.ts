import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import type { SFTPWrapper, Stats } from "ssh2";
import type { Archive, Asset, Context } from "../kit";
import type { Connection } from "./connection";
import { withClient } from "./dial";

/**
 * Puts a text, a file or a folder on another machine:
 *
 * | source | `path` is a folder | nothing there | `path` is a file |
 * |---|---|---|---|
 * | `dir` | path/dir | path/dir | error |
 * | `dir/` | what is in it → path/ | what is in it → path/ | error |
 * | file | path/file | path | path, overwritten |
 * | text | error | path | path, overwritten |
 */
export async function copyToRemote(
  connection: Connection,
  source: Asset | Archive,
  path: string,
  context: Context,
): Promise<void> {
  await withClient(connection, context, async (client) => {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const remote = new Remote(sftp, context.signal);
    const from = source.source;
    if ("text" in from) return copyText(remote, from.text, path);
    if ("path" in from) return copyPath(remote, from.path, path);
    throw new Error("`source` must be a StringAsset, a FileAsset or a FileArchive");
  });
}

async function copyText(remote: Remote, text: string, path: string): Promise<void> {
  if ((await remote.stat(path))?.isDirectory()) {
    throw new Error(`remote path ${path} is a directory; when using a text asset, remotePath must be a file path`);
  }
  await remote.write(path, Buffer.from(text, "utf8"));
}

async function copyPath(remote: Remote, source: string, path: string): Promise<void> {
  const there = await remote.stat(path);
  if (!(await stat(source)).isDirectory()) {
    const file = there?.isDirectory() ? posix.join(path, basename(source)) : path;
    return remote.write(file, await readFile(source));
  }
  await remote.makeFolder(path);
  await copyFolder(remote, source, source.endsWith("/") ? path : posix.join(path, basename(source)));
}

async function copyFolder(remote: Remote, source: string, path: string): Promise<void> {
  await remote.makeFolder(path);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = join(source, entry.name);
    const to = posix.join(path, entry.name);
    if (entry.isDirectory()) await copyFolder(remote, from, to);
    else await remote.write(to, await readFile(from));
  }
}

/** The few things that are done over SFTP, as promises. */
class Remote {
  constructor(
    private readonly sftp: SFTPWrapper,
    private readonly signal: AbortSignal,
  ) {}

  stat(path: string): Promise<Stats | undefined> {
    this.signal.throwIfAborted();
    return new Promise((resolve, reject) =>
      this.sftp.stat(path, (error, stats) => {
        if (!error) resolve(stats);
        else if ((error as { code?: number }).code === noSuchFile) resolve(undefined);
        else reject(new Error(`failed to stat remote path ${path}: ${error.message}`));
      }),
    );
  }

  write(path: string, content: Buffer): Promise<void> {
    this.signal.throwIfAborted();
    return new Promise((resolve, reject) =>
      this.sftp.writeFile(path, content, (error) =>
        error ? reject(new Error(`failed to create remote file ${path}: ${error.message}`)) : resolve(),
      ),
    );
  }

  async makeFolder(path: string): Promise<void> {
    const there = await this.stat(path);
    if (there?.isDirectory()) return;
    if (there) throw new Error(`remote path ${path} exists but is not a directory`);
    await new Promise<void>((resolve, reject) =>
      this.sftp.mkdir(path, (error) =>
        error ? reject(new Error(`failed to create remote directory ${path}: ${error.message}`)) : resolve(),
      ),
    );
  }
}

const noSuchFile = 2;
