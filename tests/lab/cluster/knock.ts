import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { run } from "../../../offline/command";

/** An RPC port: Consul and Nomad are told by a first byte that TLS follows. */
export interface Door {
  readonly host: string;
  readonly port: number;
  readonly tlsByte: number;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Whether a server still listens to whoever shows that certificate, or has hung up. */
export async function knock(door: Door, certificate: Certificate | Record<string, never>): Promise<"open" | "closed"> {
  const socket = connect(door.port, door.host);
  await once(socket, "connect");
  socket.write(Buffer.from([door.tlsByte]));
  // Whom the server is, is not the question here.
  const tls = connectTls({ socket, rejectUnauthorized: false, ...certificate });
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve("open"), 2000);
      const closed = () => {
        clearTimeout(timer);
        resolve("closed");
      };
      tls.on("error", closed).on("close", closed);
      socket.on("error", closed);
    });
  } finally {
    tls.destroy();
    socket.destroy();
  }
}

/** A certificate that nobody vouches for. */
export async function selfMade(): Promise<Certificate> {
  const folder = await mkdtemp(join(tmpdir(), "self-made-"));
  try {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    const subject = ["-subj", "/CN=server.global.nomad", "-days", "1", "-nodes"];
    await run("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert]);
    return { cert: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
