import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ToolName } from "../toolchain";
import { type ImageFile, type ImageRecipe, imageFile } from "./recipe";
import { type ImageReference, isImage } from "./reference";

const exactVersion = { pattern: "^\\d+\\.\\d+\\.\\d+$", words: "a version, such as 1.2.3" };
const entrypoint = "/usr/local/bin/docker-entrypoint.sh";

/** Accounts that the packages' own scripts, which are not run, would make. */
const accounts: Readonly<Record<string, ImageFile>> = {
  "/etc/passwd": {
    content: [
      "root:x:0:0:root:/root:/bin/sh",
      "www-data:x:33:33:www-data:/var/www:/bin/false",
      "redis:x:100:100:redis:/var/lib/redis:/bin/false",
      "nobody:x:65534:65534:nobody:/nonexistent:/bin/false",
      "",
    ].join("\n"),
  },
  "/etc/group": { content: "root:x:0:\nwww-data:x:33:\nredis:x:100:\nnogroup:x:65534:\n" },
  "/etc/nsswitch.conf": { content: "passwd: files\ngroup: files\nhosts: files dns\n" },
};

interface AgentContract {
  readonly files?: Readonly<Record<string, ImageFile>>;
  readonly directories?: readonly string[];
  readonly configuration: readonly string[];
}

/** Busybox, certificates and the C library around a program of ours: as much as the published images of the three have. */
function agent(image: string, tool: ToolName, contract: AgentContract): ImageRecipe {
  return {
    image,
    tags: exactVersion,
    packages: ["busybox-static", "ca-certificates", "libc6"],
    tool,
    files: { ...accounts, ...contract.files },
    directories: ["/root", "/var/lib", ...(contract.directories ?? [])],
    links: {},
    configuration: contract.configuration,
  };
}

const consul = agent("hashicorp/consul", "consul", {
  files: { [entrypoint]: imageFile("files/consul-entrypoint.sh", 0o755) },
  directories: ["/consul/data", "/consul/config"],
  configuration: [
    `ENTRYPOINT ["${entrypoint}"]`,
    'CMD ["agent", "-dev", "-client", "0.0.0.0"]',
    "VOLUME /consul/data",
    "EXPOSE 8300 8301 8301/udp 8302 8302/udp 8500 8600 8600/udp",
  ],
});

const nomad = agent("hashicorp/nomad", "nomad", {
  files: { [entrypoint]: imageFile("files/nomad-entrypoint.sh", 0o755) },
  configuration: [`ENTRYPOINT ["${entrypoint}"]`, 'CMD ["help"]'],
});

const fabio = agent("fabiolb/fabio", "fabio", {
  files: { "/etc/fabio/fabio.properties": imageFile("files/fabio.properties") },
  configuration: ['ENTRYPOINT ["/usr/bin/fabio"]', 'CMD ["-cfg", "/etc/fabio/fabio.properties"]', "EXPOSE 9998 9999"],
});

const nginx: ImageRecipe = {
  image: "nginx",
  tags: {
    pattern: "^(latest|alpine|(stable|mainline)(-alpine)?)$",
    words: "latest, stable, mainline, each with -alpine",
  },
  packages: ["busybox-static", "nginx"],
  versionOf: { package: "nginx", prefix: "1." },
  files: {
    ...accounts,
    "/etc/nginx/nginx.conf": imageFile("files/nginx.conf"),
    "/etc/nginx/conf.d/default.conf": imageFile("files/nginx-default.conf"),
  },
  directories: ["/var/log/nginx", "/var/lib/nginx"],
  links: { "/var/log/nginx/access.log": "/dev/stdout", "/var/log/nginx/error.log": "/dev/stderr" },
  configuration: ['CMD ["nginx", "-g", "daemon off;"]', "EXPOSE 80"],
};

const redis: ImageRecipe = {
  image: "redis",
  tags: { pattern: "^7(\\.0)?(-(alpine|bookworm))?$", words: "7 or 7.0" },
  packages: ["busybox-static", "redis-server"],
  versionOf: { package: "redis-server", prefix: "7.0." },
  files: { ...accounts, [entrypoint]: imageFile("files/redis-entrypoint.sh", 0o755) },
  directories: ["/data"],
  links: {},
  configuration: [
    `ENTRYPOINT ["${entrypoint}"]`,
    'CMD ["redis-server"]',
    "WORKDIR /data",
    "VOLUME /data",
    "EXPOSE 6379",
  ],
};

const gameFolder = "2048";
const game: ImageRecipe = {
  ...nginx,
  image: "alexwhen/docker-2048",
  // The published image has one tag only; a tag of another name is how a stack keeps Nomad from pulling it anew.
  tags: { pattern: "", words: "any" },
  pullTag: "latest",
  files: {
    ...nginx.files,
    ...Object.fromEntries(
      readdirSync(join(__dirname, gameFolder))
        .sort()
        .map((name) => [`/usr/share/nginx/html/${name}`, imageFile(`${gameFolder}/${name}`)]),
    ),
  },
};

export const recipes: readonly ImageRecipe[] = [consul, nomad, fabio, nginx, redis, game];

/** The recipe for a reference, on whatever mirror it lies; undefined where there is none. */
export function recipeFor(reference: ImageReference): ImageRecipe | undefined {
  return recipes.find((recipe) => isImage(reference, recipe.image));
}

/** Why a recipe cannot stand in under this reference; undefined where it can. */
export function refusal(recipe: ImageRecipe, { tag, digest }: ImageReference): string | undefined {
  if (digest !== undefined || tag === undefined) {
    return "it is named by its digest, which only the published image has";
  }
  return new RegExp(recipe.tags.pattern).test(tag)
    ? undefined
    : `a stand-in for ${recipe.image} can be made for these tags: ${recipe.tags.words}`;
}
