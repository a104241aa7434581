import { join } from "node:path";
import type { Problem } from "../../../components/config/problem";
import type { JobConfig } from "../../../components/config/schema";
import { planJobs } from "../../../components/jobs/plan";
import { readJobSources } from "../../../components/jobs/read";

type Vars = JobConfig["vars"];

const source = (text: string, name = "web") => ({ name, path: `jobs/${name}.nomad.hcl`, text });
const chosen = (vars: Vars = {}) => ({ web: { vars } });

async function problemsOf(text: string, vars: Vars = {}): Promise<Problem[]> {
  return (await planJobs(chosen(vars), [source(text)])).problems;
}

/** A job whose only service has these tags, on line 4. */
const withTags = (tags: string, rest = "") => `job "web" {
  group "g" {
    service {
      tags = ${tags}
    }
  }
}
${rest}`;

describe("a job file", () => {
  test.each<[string, string, Problem]>([
    [
      "that ends too early",
      'job "web" {\n',
      {
        where: "jobs/web.nomad.hcl:1:11",
        message:
          "Unclosed configuration block; There is no closing brace for this block before the end of the file. " +
          "This may be caused by incorrect brace nesting elsewhere in this file.",
      },
    ],
    [
      "with half an argument",
      'job "web" {\n  type =\n}\n',
      {
        where: "jobs/web.nomad.hcl:2:9",
        message: "Invalid expression; Expected the start of an expression, but found an invalid expression token.",
      },
    ],
    ...(
      [
        ["that is empty", "", "none"],
        ["with variables only", 'variable "a" {\n  default = 1\n}\n', "none"],
        ["whose job has no label", "job {\n}\n", "none"],
        ["whose job has two labels", 'job "a" "b" {\n}\n', "a with a second label"],
        ["whose job is an argument", 'job = "a"\n', "none"],
        ["with two jobs", 'job "a" {\n}\njob "b" {\n}\n', "a, b"],
        ["with one job twice", 'job "a" {\n}\njob "a" {\n}\n', "a, a"],
      ] as const
    ).map(([what, text, found]): [string, string, Problem] => [
      what,
      text,
      { where: "jobs/web.nomad.hcl", message: `expected exactly one job block with one label, found ${found}` },
    ]),
  ])("%s is refused", async (_what, text, problem) => {
    expect(await problemsOf(text)).toEqual([problem]);
  });
});

test("an unknown job is refused with the names that there are", async () => {
  const sources = [source('job "b" {\n}', "b"), source('job "a" {\n}', "a")];
  expect((await planJobs({ ngnix: { vars: {} } }, sources)).problems).toEqual([
    { where: "jobs.ngnix", message: "no such job file; the files in jobs/ are: a, b" },
  ]);
  expect((await planJobs({ ngnix: { vars: {} } }, [])).problems).toEqual([
    { where: "jobs.ngnix", message: "no such job file; the files in jobs/ are: none" },
  ]);
});

test("two jobs with one id are refused with the line of the second, also where the id is not the label", async () => {
  const both = { one: { vars: {} }, two: { vars: {} } };
  const first = source('job "same" {\n}', "one");
  const where = (line: number) => [
    {
      where: `jobs/two.nomad.hcl:${line}`,
      value: "same",
      message: "jobs/one.nomad.hcl has this job id already; give every job its own",
    },
  ];
  expect((await planJobs(both, [first, source('# two\njob "same" {\n}', "two")])).problems).toEqual(where(2));
  expect((await planJobs(both, [first, source('job "two" {\n\n  id = "same"\n}', "two")])).problems).toEqual(where(3));
});

test("a file that is not chosen is not looked at", async () => {
  const { jobs, problems } = await planJobs(chosen(), [source('job "web" {\n}'), source("job {", "broken")]);
  expect(problems).toEqual([]);
  expect(jobs.map(({ name }) => name)).toEqual(["web"]);
});

describe("variables", () => {
  const text = `variable "port" {
  type = number
}

variable "fast" {
  type    = bool
  default = false
}

variable "image" {
  default = "nginx"
}

job "web" {
}
`;

  test.each<[string, Vars, Problem]>([
    [
      "one that the job does not declare",
      { port: 1, prot: 2 },
      {
        where: "jobs.web.vars.prot",
        value: 2,
        message: "jobs/web.nomad.hcl has no such variable; it declares fast, image, port",
      },
    ],
    [
      "one that every object has",
      { port: 1, constructor: "x" },
      {
        where: "jobs.web.vars.constructor",
        value: "x",
        message: "jobs/web.nomad.hcl has no such variable; it declares fast, image, port",
      },
    ],
    [
      "none for one without a default",
      {},
      { where: "jobs.web.vars.port", message: "missing; jobs/web.nomad.hcl:1 declares it without a default" },
    ],
    [
      "text for a number",
      { port: "http" },
      { where: "jobs.web.vars.port", value: "http", message: "expected a number, as jobs/web.nomad.hcl declares it" },
    ],
    [
      "nothing for a number",
      { port: "" },
      { where: "jobs.web.vars.port", value: "", message: "expected a number, as jobs/web.nomad.hcl declares it" },
    ],
    [
      "a number for a flag",
      { port: 1, fast: 1 },
      { where: "jobs.web.vars.fast", value: 1, message: "expected a bool, as jobs/web.nomad.hcl declares it" },
    ],
  ])("%s is refused", async (_what, vars, problem) => {
    expect(await problemsOf(text, vars)).toEqual([problem]);
  });

  test("a job that declares none says so", async () => {
    expect(await problemsOf('job "web" {\n}', { port: 1 })).toEqual([
      { where: "jobs.web.vars.port", value: 1, message: "jobs/web.nomad.hcl has no such variable; it declares none" },
    ]);
  });

  test("values become the text that Nomad reads", async () => {
    const { jobs, problems } = await planJobs(chosen({ port: 80, fast: true, image: "a:1" }), [source(text)]);
    expect(problems).toEqual([]);
    expect(jobs).toEqual([
      {
        name: "web",
        id: "web",
        jobspec: text,
        vars: { port: "80", fast: "true", image: "a:1" },
        images: [],
        staticPorts: [],
      },
    ]);
  });
});

const unknowable = "it cannot be told before the job runs whether this asks Fabio for a route that Fabio can read; ";
const noPath = "a route needs a path, at least a trailing slash; expected urlprefix-[host]/path [option=value …]";

describe("tags", () => {
  test.each<[string, string, string]>([
    ["plain ones", '["v1", "a b", "say \\"hi\\""]', ""],
    ["a route", '["urlprefix-/"]', ""],
    ["a route of a variable", '["urlprefix-${var.host}/"]', 'variable "host" {\n  default = "example.com"\n}'],
    ["a route of what the client knows", '["urlprefix-${NOMAD_JOB_NAME}.${meta.zone}/${attr.unique.hostname}"]', ""],
    ["expressions behind other text", '["version-${upper("x")}", "urlprefix-/"]', ""],
    ["none", "[]", ""],
  ])("%s are accepted", async (_what, tags, rest) => {
    expect(await problemsOf(withTags(tags, rest))).toEqual([]);
  });

  test.each<[string, string, string, unknown, string]>([
    ["a malformed route", '["urlprefix-foo"]', "", "urlprefix-foo", noPath],
    ["a malformed route that Fabio finds behind blanks", '["  urlprefix-foo"]', "", "  urlprefix-foo", noPath],
    [
      "a route that a variable's default makes malformed",
      '["urlprefix-${var.path}"]',
      'variable "path" {\n  default = "foo"\n}',
      "urlprefix-${var.path}",
      noPath,
    ],
    [
      "a variable that is a malformed route",
      "[var.tag]",
      'variable "tag" {\n  default = "urlprefix-foo"\n}',
      "${var.tag}",
      noPath,
    ],
    [
      "a computed route",
      '["urlprefix-${lower("X")}/"]',
      "",
      'urlprefix-${lower("X")}/',
      `${unknowable}use text and variables in place of \${lower("X")}`,
    ],
    [
      "what might compute to a route",
      '["${local.tag}"]',
      'locals {\n  tag = "x"\n}',
      "${local.tag}",
      `${unknowable}use text and variables in place of \${local.tag}`,
    ],
    [
      "a variable that nobody declares",
      '["urlprefix-${var.nobody}/"]',
      "",
      "urlprefix-${var.nobody}/",
      `${unknowable}use text and variables in place of \${var.nobody}`,
    ],
    [
      "a computed list",
      'concat(["a"], ["b"])',
      "",
      '${concat(["a"], ["b"])}',
      `${unknowable}write the tags as a list of strings`,
    ],
    [
      "a quote beside a route, which breaks the route's command",
      '["urlprefix-/", "say \\"hi\\""]',
      "",
      'say "hi"',
      "a tag beside a Fabio route cannot hold a double quote",
    ],
  ])("%s is refused with its line", async (_what, tags, rest, value, message) => {
    expect(await problemsOf(withTags(tags, rest))).toEqual([{ where: "jobs/web.nomad.hcl:4", value, message }]);
  });

  test("a variable's value counts, not its default", async () => {
    const text = withTags('["urlprefix-${var.path}"]', 'variable "path" {\n  default = "/fine"\n}');
    expect(await problemsOf(text)).toEqual([]);
    expect(await problemsOf(text, { path: "foo" })).toMatchObject([{ message: noPath }]);
  });

  test.each([
    ["canary tags", 'job "web" {\n  group "g" {\n    service {\n      canary_tags = ["urlprefix-foo"]\n    }\n  }\n}'],
    [
      "a task's service",
      'job "web" {\n  group "g" {\n    task "t" {\n      service {\n        tags = ["urlprefix-foo"]\n      }\n    }\n  }\n}',
    ],
    [
      "a dynamic service",
      'job "web" {\n  group "g" {\n    dynamic "service" {\n      for_each = ["a"]\n      content {\n        tags = ["urlprefix-foo"]\n      }\n    }\n  }\n}',
    ],
    [
      "the second of two services",
      'job "web" {\n  group "g" {\n    service {\n    }\n    service {\n      tags = ["urlprefix-foo"]\n    }\n  }\n}',
    ],
  ])("of %s are looked at", async (_what, text) => {
    expect(await problemsOf(text)).toMatchObject([{ value: "urlprefix-foo", message: noPath }]);
  });

  test("that are no service's are not Fabio's", async () => {
    const text =
      'job "web" {\n  group "g" {\n    task "t" {\n      config {\n        tags = ["urlprefix-foo"]\n      }\n    }\n  }\n}';
    expect(await problemsOf(text)).toEqual([]);
  });
});

test("all problems of all files come at once", async () => {
  const { problems } = await planJobs({ broken: { vars: {} }, nowhere: { vars: {} }, web: { vars: { a: 1, b: 2 } } }, [
    source("job {", "broken"),
    source(withTags('["urlprefix-foo", "urlprefix-bar"]')),
  ]);
  expect(problems.map(({ where }) => where)).toEqual([
    "jobs/broken.nomad.hcl:1:5",
    "jobs.nowhere",
    "jobs.web.vars.a",
    "jobs.web.vars.b",
    "jobs/web.nomad.hcl:4",
    "jobs/web.nomad.hcl:4",
  ]);
});

describe("this project's own jobs", () => {
  const folder = join(__dirname, "../../../jobs");

  test("pass, with the images that they need", async () => {
    const all = {
      nginx: { vars: {} },
      redis: { vars: {} },
      sleep: { vars: {} },
      "2048-game": { vars: { port: 8080 } },
    };
    const { jobs, problems } = await planJobs(all, await readJobSources(folder));
    expect(problems).toEqual([]);
    expect(jobs.map(({ name, id, vars, images }) => ({ name, id, vars, images }))).toEqual([
      { name: "2048-game", id: "2048-game", vars: { port: "8080" }, images: ["alexwhen/docker-2048"] },
      { name: "nginx", id: "nginx", vars: {}, images: ["nginx:alpine"] },
      { name: "redis", id: "redis", vars: {}, images: ["redis:7"] },
      { name: "sleep", id: "sleep", vars: {}, images: [] },
    ]);
  });

  test("an image that a variable names is the stack's", async () => {
    const { jobs } = await planJobs({ redis: { vars: { image: "mirror/redis:7.4" } } }, await readJobSources(folder));
    expect(jobs[0]?.images).toEqual(["mirror/redis:7.4"]);
  });

  test("the game's port is known before it runs, wherever the stack puts it", async () => {
    const sources = await readJobSources(folder);
    const portsWith = async (vars: Record<string, number>) =>
      (await planJobs({ "2048-game": { vars } }, sources)).jobs[0]?.staticPorts;
    expect(await portsWith({})).toEqual([{ label: "http", port: 80 }]);
    expect(await portsWith({ port: 8080 })).toEqual([{ label: "http", port: 8080 }]);
  });
});

test("static ports are those of every network block, as far as they can be told", async () => {
  const port = (label: string, ...lines: string[]) => [`port "${label}" {`, ...lines, "}"];
  const text = [
    'variable "base" {',
    "  default = 7000",
    "}",
    'job "web" {',
    '  group "a" {',
    "    network {",
    ...port("plain", "static = 8080"),
    ...port("text", 'static = "8081"'),
    ...port("variable", "static = var.base", "to = 80"),
    ...port("computed", "static = var.base + 1"),
    ...port("impossible", "static = 70000"),
    ...port("elsewhere", "static = 8082", 'host_network = "public"'),
    ...port("dynamic"),
    "    }",
    '    task "t" {',
    "      resources {",
    "        network {",
    ...port("old", "static = 9090"),
    "        }",
    "      }",
    "      config {",
    '        port = "not a block"',
    "      }",
    "    }",
    "  }",
    '  group "b" {',
    "    network {",
    ...port("plain", "static = 8083"),
    "    }",
    "  }",
    "}",
  ].join("\n");
  const { jobs, problems } = await planJobs({ web: { vars: {} } }, [{ name: "web", path: "jobs/web.nomad.hcl", text }]);
  expect(problems).toEqual([]);
  expect(jobs[0]?.staticPorts).toEqual([
    { label: "plain", port: 8080 },
    { label: "text", port: 8081 },
    { label: "variable", port: 7000 },
    { label: "old", port: 9090 },
    { label: "plain", port: 8083 },
  ]);
});

describe("Fabio's own namespace", () => {
  const job = 'variable "place" {\n  default = "ingress"\n}\n\njob "web" {\n  # not for ingress\n';
  const refused = (line: number): Problem => ({
    where: `jobs/web.nomad.hcl:${line}`,
    value: "ingress",
    message: "Fabio's job has this namespace for itself (fabio.runsAs); choose another one",
  });
  const problems = async (text: string, vars: Vars = {}, own?: string) =>
    (await planJobs(chosen(vars), [source(text)], own ? { fabioNamespace: own } : {})).problems;

  test("is refused to any other job, also where a variable names it", async () => {
    expect(await problems('job "web" {\n  # not for ingress\n  namespace = "ingress"\n}', {}, "ingress")).toEqual([
      refused(3),
    ]);
    expect(await problems(`${job}  namespace = var.place\n}`, {}, "ingress")).toEqual([refused(7)]);
  });

  test("is no matter to jobs of other namespaces, nor where Fabio is an agent", async () => {
    expect(await problems('job "web" {\n  namespace = "ingress"\n}')).toEqual([]);
    expect(await problems('job "web" {}', {}, "ingress")).toEqual([]);
    expect(await problems(`${job}  namespace = var.place\n}`, { place: "batch" }, "ingress")).toEqual([]);
  });
});

describe("a job that asks for Vault", () => {
  const task = 'job "web" {\n  group "g" {\n    task "t" {\n      vault {}\n    }\n  }\n}';
  const group = 'job "web" {\n  group "g" {\n    vault {\n      role = "web"\n    }\n    task "t" {}\n  }\n}';
  const problems = async (text: string, vault?: boolean) =>
    (await planJobs(chosen(), [source(text)], vault === undefined ? {} : { vault })).problems;

  test.each([
    ["in a task", task, 4],
    ["in a group", group, 3],
  ])("%s is refused by a stack that has none, with the line and the remedy", async (_what, text, line) => {
    expect(await problems(text, false)).toEqual([
      {
        where: `jobs/web.nomad.hcl:${line}`,
        message: "asks for Vault, and this stack has none; say where it is: vault.address",
      },
    ]);
    expect(await problems(text, true)).toEqual([]);
    expect(await problems(text)).toEqual([]);
  });

  test("is not one that only speaks of it", async () => {
    const text = 'job "web" {\n  meta {\n    vault = "none"\n  }\n}';
    expect(await problems(text, false)).toEqual([]);
  });
});
