import fc from "fast-check";
import { parsePlan } from "../../../../offline/apt";
import { type Answer, judgeAnswer, Puller } from "../../../../offline/images/pull";
import { recipeHash } from "../../../../offline/images/recipe";
import { recipeFor, recipes, refusal } from "../../../../offline/images/recipes";
import { parseReference } from "../../../../offline/images/reference";

const digest = `sha256:${"0a".repeat(32)}`;

describe("references", () => {
  test.each([
    ["nginx", { registry: "docker.io", repository: "nginx", tag: "latest" }],
    ["nginx:alpine", { registry: "docker.io", repository: "nginx", tag: "alpine" }],
    ["docker.io/library/nginx:alpine", { registry: "docker.io", repository: "library/nginx", tag: "alpine" }],
    ["hashicorp/nomad:1.11.3", { registry: "docker.io", repository: "hashicorp/nomad", tag: "1.11.3" }],
    ["localhost/nginx", { registry: "localhost", repository: "nginx", tag: "latest" }],
    ["mirror.example:5000/a/b/nginx:1", { registry: "mirror.example:5000", repository: "a/b/nginx", tag: "1" }],
    [`nginx@${digest}`, { registry: "docker.io", repository: "nginx", digest }],
    [`nginx:alpine@${digest}`, { registry: "docker.io", repository: "nginx", tag: "alpine", digest }],
  ])("%s", (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  test.each(["", ":alpine", "Nginx", "nginx:", "a//b", "nginx:a b", "nginx@sha256:12", "-nginx", "http://x/nginx"])(
    "%j is none",
    (text) => {
      expect(() => parseReference(text)).toThrow(`"${text}" is not an image reference`);
    },
  );

  test("any text is a reference or a clear refusal", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./:@_-]{0,30}$/)), (text) => {
        try {
          const { registry, repository, tag, digest: named } = parseReference(text);
          expect(registry && repository && (tag ?? named)).toBeTruthy();
        } catch (error) {
          expect((error as Error).message).toContain("is not an image reference");
        }
      }),
    );
  });
});

describe("recipes", () => {
  test.each([
    ["hashicorp/consul:1.22.7", "hashicorp/consul"],
    ["mirror.example/hashicorp/nomad:1.11.3", "hashicorp/nomad"],
    ["mirror.example:5000/hub/fabiolb/fabio:1.7.2", "fabiolb/fabio"],
    ["nginx:alpine", "nginx"],
    ["library/nginx:alpine", "nginx"],
    ["mirror.example/nginx:alpine", "nginx"],
    ["mirror.example/hub/library/redis:7", "redis"],
    ["alexwhen/docker-2048", "alexwhen/docker-2048"],
    // Other publishers' images are other images.
    ["bitnami/nginx:latest", undefined],
    ["mirror.example/bitnami/nginx:latest", undefined],
    ["someone/nomad:1.11.3", undefined],
    ["hashicorp/nomad-enterprise:1.11.3", undefined],
    ["postgres:16", undefined],
  ])("%s is made by the recipe of %s", (reference, image) => {
    expect(recipeFor(parseReference(reference))?.image).toBe(image);
  });

  test.each([
    ["nginx:alpine", true],
    ["nginx", true],
    ["nginx:stable-alpine", true],
    ["nginx:1.27", false],
    ["redis:7", true],
    ["redis:7.0-alpine", true],
    ["redis:7.4", false],
    ["redis:8", false],
    ["redis", false],
    ["alexwhen/docker-2048:sandbox", true],
    ["alexwhen/docker-2048", true],
    ["hashicorp/nomad:1.11.3", true],
    ["hashicorp/nomad:latest", false],
    [`nginx@${digest}`, false],
  ])("a stand-in may go under %s: %s", (text, expected) => {
    const reference = parseReference(text);
    const recipe = recipes.find(({ image }) => image === recipeFor(reference)?.image);
    expect(recipe && refusal(recipe, reference) === undefined).toBe(expected);
  });

  test("a recipe's hash changes with its files, and with the version of its program only", () => {
    const of = (image: string) => recipes.find((recipe) => recipe.image === image) ?? recipes[0];
    const nginx = of("nginx") as (typeof recipes)[number];
    const nomad = of("hashicorp/nomad") as (typeof recipes)[number];
    expect(recipeHash(nginx, "alpine")).toBe(recipeHash(nginx, "latest"));
    expect(recipeHash(nomad, "1.0.0")).not.toBe(recipeHash(nomad, "1.0.1"));
    expect(recipeHash({ ...nginx, files: { "/x": { content: "" } } }, "alpine")).not.toBe(recipeHash(nginx, "alpine"));
    expect(new Set(recipes.map((recipe) => recipeHash(recipe, "1.2.3"))).size).toBe(recipes.length);
  });

  test("the game's page is in its image, and its upstream has the tag latest only", () => {
    const game = recipes.find(({ image }) => image === "alexwhen/docker-2048");
    expect(Object.keys(game?.files ?? {})).toContain("/usr/share/nginx/html/index.html");
    expect(game?.pullTag).toBe("latest");
  });
});

describe("pulling", () => {
  const setUp = (answers: Record<string, Answer>, docker: (args: readonly string[]) => Promise<string>) => {
    const asked: string[] = [];
    const ran: string[] = [];
    const puller = new Puller(
      () => {},
      async (reference) => {
        asked.push(reference);
        return answers[reference] ?? "silent";
      },
      async (args) => {
        ran.push(args.join(" "));
        return docker(args);
      },
    );
    const pull = (text: string, source = text) => puller.pull(text, source, parseReference(text));
    return { pull, asked, ran };
  };

  test("a registry that is silent is asked once", async () => {
    const { pull, asked, ran } = setUp({}, async () => "");
    expect(await pull("nginx:alpine")).toBe("docker.io does not answer");
    expect(await pull("redis:7")).toBe("docker.io does not answer");
    expect(await pull("mirror.example/redis:7")).toBe("mirror.example does not answer");
    expect(asked).toEqual(["nginx:alpine", "mirror.example/redis:7"]);
    expect(ran).toEqual([]);
  });

  test("a missing image does not silence its registry", async () => {
    const { pull, ran } = setUp({ "a/missing:1": "refuses", "nginx:alpine": "has it" }, async ([verb, reference]) => {
      if (verb === "pull" && reference === "a/missing:1") throw new Error("pull\nmanifest unknown");
      return "";
    });
    expect(await pull("a/missing:1")).toBe("docker.io did not give it: manifest unknown");
    expect(await pull("nginx:alpine")).toBeUndefined();
    expect(ran).toEqual(["pull a/missing:1", "pull nginx:alpine"]);
  });

  test("an image under another tag than its publisher's", async () => {
    const { pull, ran } = setUp({ "alexwhen/docker-2048:latest": "has it" }, async () => "");
    expect(await pull("alexwhen/docker-2048:sandbox", "alexwhen/docker-2048:latest")).toBeUndefined();
    expect(ran).toEqual([
      "pull alexwhen/docker-2048:latest",
      "tag alexwhen/docker-2048:latest alexwhen/docker-2048:sandbox",
    ]);
  });

  test.each([
    [{ statusCode: 401 }, false, "refuses"],
    [{ statusCode: 404 }, false, "refuses"],
    [{ statusCode: 500 }, false, "silent"],
    [{ statusCode: 404 }, true, "silent"],
    [new Error("socket hang up"), false, "silent"],
  ])("the engine's answer %j, timed out: %s, means %s", (cause, timedOut, expected) => {
    expect(judgeAnswer(cause, timedOut)).toBe(expected);
  });
});

test("apt's plan", () => {
  const plan = `NOTE: This is only a simulation!
Inst libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64]) []
Inst zlib1g [1:1.2.12] (1:1.2.13.dfsg-1 Debian:12.15/oldstable [amd64])
Conf libc6 (2.36-9+deb12u14 Debian:12.15/oldstable [amd64])
`;
  expect(parsePlan(plan)).toEqual([
    { name: "libc6", version: "2.36-9+deb12u14" },
    { name: "zlib1g", version: "1:1.2.13.dfsg-1" },
  ]);
});
