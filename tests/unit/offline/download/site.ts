import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

type Answer = Buffer | string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A download site on loopback: paths and what they answer. Whatever else is asked for is 404. */
export interface Site {
  readonly url: string;
  /** The paths asked for so far, in their order. */
  readonly asked: string[];
  readonly files: Map<string, Answer>;
  close(): Promise<void>;
}

export async function startSite(files: Record<string, Answer> = {}): Promise<Site> {
  const answers = new Map(Object.entries(files));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = answers.get(path);
    if (typeof answer === "function") answer(request, response);
    else if (answer === undefined) response.writeHead(404).end("no such file");
    else response.writeHead(200, { "content-length": Buffer.byteLength(answer) }).end(answer);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    files: answers,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");

/** Sends half of a file and breaks the connection. */
export function cutOff(content: Buffer): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, content.length / 2), () => setTimeout(() => response.destroy(), 20));
  };
}

/** Sends half of a file and then nothing more. */
export function stalled(content: Buffer): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, content.length / 2));
  };
}

export async function tarGz(files: Record<string, string>, type: "file" | "symlink" = "file"): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    if (type === "symlink") tar.entry({ name, type, linkname: content });
    else tar.entry({ name, mode: 0o755 }, content);
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/** A zip archive with uncompressed members, written by the format's description. */
export function zip(files: Record<string, string>, mode = 0o100755): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), content]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    // 3: the attributes are those of Unix.
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), common, rest, Buffer.from(name)]));
    bodies.push(body);
    offset += body.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, entries, end]);
}

function crc32(content: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
