import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "../hash";
import type { ToolName } from "../toolchain";

/** How an image is made where its registry cannot be reached. */
export interface ImageRecipe {
  readonly title: string;
  /** Debian packages, with all that they depend on. */
  readonly packages: readonly string[];
  /** Program from the toolchain, at /bin. */
  readonly tool?: ToolName;
  /** Files beyond those of the packages, by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly directories: readonly string[];
  /** Dockerfile instructions of its configuration. */
  readonly configuration: readonly string[];
  /** Tag to pull in place of the wanted one, where its publisher has no such tag. */
  readonly pullTag?: string;
}

const passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
const group = "root:x:0:\nnogroup:x:65534:\n";
const common = {
  "/etc/passwd": `${passwd}www-data:x:33:33:www-data:/var/www:/bin/false\nredis:x:100:100::/var/lib/redis:/bin/false\n`,
  "/etc/group": `${group}www-data:x:33:\nredis:x:100:\n`,
  "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
};

function agent(tool: ToolName, entrypoint: readonly string[]): ImageRecipe {
  return {
    title: tool,
    // Busybox, as upstream's images; the C library for Nomad, which is linked against it.
    packages: ["busybox-static", "ca-certificates", ...(tool === "nomad" ? ["libc6"] : [])],
    tool,
    files: common,
    directories: ["/tmp", "/root", "/var/lib", "/run"],
    configuration: [`ENTRYPOINT ${JSON.stringify(entrypoint)}`],
  };
}

const nginxConf = `worker_processes auto;
error_log /dev/stderr notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  sendfile on;
  keepalive_timeout 65;
  include /etc/nginx/conf.d/*.conf;
}
`;
const nginxSite = `server {
  listen 80;
  server_name localhost;
  root /usr/share/nginx/html;
  index index.html;
}
`;
const nginx: ImageRecipe = {
  title: "nginx",
  packages: ["busybox-static", "nginx-light"],
  files: { ...common, "/etc/nginx/nginx.conf": nginxConf, "/etc/nginx/conf.d/default.conf": nginxSite },
  directories: ["/tmp", "/run", "/var/log/nginx", "/var/lib/nginx"],
  configuration: ["EXPOSE 80", 'CMD ["nginx", "-g", "daemon off;"]'],
};

const redis: ImageRecipe = {
  title: "redis",
  packages: ["busybox-static", "redis-server"],
  files: common,
  directories: ["/tmp", "/run", "/data"],
  configuration: [
    "WORKDIR /data",
    "EXPOSE 6379",
    // As the published image: the network in front of it decides who reaches it.
    'CMD ["redis-server", "--protected-mode", "no", "--bind", "0.0.0.0", "--dir", "/data"]',
  ],
};

const game = (): ImageRecipe => ({
  ...nginx,
  title: "2048",
  files: {
    ...nginx.files,
    "/usr/share/nginx/html/index.html": readFileSync(join(__dirname, "2048/index.html"), "utf8"),
  },
  pullTag: "latest",
});

/** Splits `host/path/name:tag`. */
export function splitReference(reference: string): { repository: string; tag: string } {
  const [, repository = reference, tag = "latest"] = /^(.+?)(?::([^/:]+))?$/.exec(reference) ?? [];
  return { repository, tag };
}

/** The recipe for a reference, on whatever mirror it lies; undefined where there is none. */
export function recipeFor(reference: string): ImageRecipe | undefined {
  const { repository } = splitReference(reference);
  const is = (name: string) => repository === name || repository.endsWith(`/${name}`);
  if (is("hashicorp/consul")) return agent("consul", ["consul"]);
  if (is("hashicorp/nomad")) return agent("nomad", ["nomad"]);
  if (is("fabiolb/fabio")) return agent("fabio", ["fabio"]);
  if (is("alexwhen/docker-2048")) return game();
  if (is("nginx")) return nginx;
  if (is("redis")) return redis;
  return undefined;
}

/** Changes whenever an image would be made otherwise. */
export function recipeHash(recipe: ImageRecipe, tag: string): string {
  return hashOf(JSON.stringify(recipe), recipe.tool ? tag : "");
}
