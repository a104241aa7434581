import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/**
 * Remembers which containers are being created, so that one left behind by a killed run can be told from one that
 * belongs to somebody else. A note is made before the container and removed once it is whole.
 */
export interface Note {
  readonly urn: string;
  readonly name: string;
  /** Milliseconds since 1970 by the engine's clock; a container older than this was there before. */
  readonly startedAt: number;
}

export class Journal {
  constructor(private readonly folder: string = defaultFolder()) {}

  async begin(engineId: string, note: Note): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const file = this.file(engineId, note.name);
    const staged = `${file}.${process.pid}`;
    await writeFile(staged, JSON.stringify(note), { mode: 0o600 });
    await rename(staged, file);
  }

  async end(engineId: string, name: string): Promise<void> {
    await rm(this.file(engineId, name), { force: true });
  }

  /** The note about a container of this name, or undefined where there is none that can be read. */
  async find(engineId: string, name: string): Promise<Note | undefined> {
    try {
      return JSON.parse(await readFile(this.file(engineId, name), "utf8")) as Note;
    } catch {
      return undefined;
    }
  }

  private file(engineId: string, name: string): string {
    const key = createHash("sha256").update(`${engineId}\n${name}`).digest("hex").slice(0, 32);
    return path.join(this.folder, `${key}.json`);
  }
}

function defaultFolder(): string {
  const home = process.env.PULUMI_HOME || path.join(os.homedir(), ".pulumi");
  return path.join(home, "docker-stand-in", "creating");
}

/** True where a container was left behind by a creation of the same resource that never ended. */
export function isLeftOver(note: Note | undefined, urn: string, createdAt: string): boolean {
  return note !== undefined && note.urn === urn && Date.parse(createdAt) >= note.startedAt;
}
