import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const sha256 = (data: Buffer) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

/** A registry on loopback with one image in it, as far as an engine needs it to pull. */
export class FakeRegistry {
  /** Requests so far, as `GET /v2/…`. */
  readonly requests: string[] = [];
  private readonly blobs = new Map<string, Buffer>();
  private readonly manifest: Buffer;
  private readonly server: Server;
  /** Set: takes requests and never answers them. */
  mute = false;

  constructor(private readonly image: string) {
    const layer = Buffer.alloc(1024); // a tar archive with nothing in it
    const packed = gzipSync(layer);
    const config = Buffer.from(
      JSON.stringify({
        architecture: "amd64",
        os: "linux",
        config: { Labels: { "hashistack.test": "pulled" } },
        rootfs: { type: "layers", diff_ids: [sha256(layer)] },
      }),
    );
    this.manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: {
          mediaType: "application/vnd.docker.container.image.v1+json",
          size: config.length,
          digest: sha256(config),
        },
        layers: [
          {
            mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
            size: packed.length,
            digest: sha256(packed),
          },
        ],
      }),
    );
    this.blobs.set(sha256(config), config).set(sha256(packed), packed);
    this.server = createServer((request, response) => {
      const url = request.url ?? "";
      this.requests.push(`${request.method} ${url}`);
      if (this.mute) {
        return;
      }
      const [name = "", tag = ""] = this.image.split(":");
      const manifests = [tag, sha256(this.manifest)].map((wanted) => `/v2/${name}/manifests/${wanted}`);
      const blob = this.blobs.get(url.split("/").pop() ?? "");
      const body = url === "/v2/" ? Buffer.from("{}") : manifests.includes(url) ? this.manifest : blob;
      const type =
        body === this.manifest ? manifestType : body === blob ? "application/octet-stream" : "application/json";
      const unknown = Buffer.from(
        JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }] }),
      );
      const answer = body ?? unknown;
      response.writeHead(body ? 200 : 404, {
        "content-type": type,
        "content-length": answer.length,
        "docker-distribution-api-version": "registry/2.0",
        ...(body === this.manifest ? { "docker-content-digest": sha256(this.manifest) } : {}),
      });
      response.end(request.method === "HEAD" ? undefined : answer);
    });
  }

  /** Starts it, and gives its name in image references. */
  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
