import type Docker from "dockerode";

/** The last lines a container printed, on both streams; empty where there are none or they cannot be read. */
export async function lastLines(container: Docker.Container, tty: boolean, lines = 20): Promise<string> {
  try {
    const raw = (await container.logs({ stdout: true, stderr: true, tail: lines })) as unknown as Buffer;
    return (tty ? raw.toString("utf8") : demultiplexed(raw)).trimEnd();
  } catch {
    return "";
  }
}

/** The Engine API puts frames into one stream: a type byte, three zeros, a length of four bytes, then the payload. */
export function demultiplexed(raw: Buffer): string {
  const parts: string[] = [];
  let at = 0;
  while (at + 8 <= raw.length) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length).toString("utf8"));
    at += 8 + length;
  }
  return parts.join("");
}
