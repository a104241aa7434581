import fc from "fast-check";
import { parseConfig } from "../../../components/config/parse";
import type { Problem } from "../../../components/config/problem";
import { sandbox } from "../../support/configs";

const problemsOf = (section: "consul" | "nomad", value: object) =>
  parseConfig({ ...sandbox, [section]: value }).problems;
const noName = (what: string) => `not a name that can stand here; ${what}`;

const keyPath = noName(
  "expected a path such as fabio/config: no slash at either end, no empty segment, no segment . or ..",
);

test.each(["", "/a", "a/", "a//b", ".", "a/./b", "../acl/x", "a/.."])("key %j is refused", (path) => {
  expect(problemsOf("consul", { keys: { [path]: "secret" } })).toEqual([
    { where: `consul.keys.${/^\w+$/.test(path) ? path : JSON.stringify(path)}`, message: keyPath },
  ]);
});

test("any other path of a key is taken, and leads where it says", () => {
  const segment = fc.string({ minLength: 1 }).filter((text) => !text.includes("/") && ![".", ".."].includes(text));
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      const encoded = `/v1/kv/${segments.map(encodeURIComponent).join("/")}`;
      expect(new URL(`http://consul${encoded}`).pathname).toBe(encoded);
      expect(problemsOf("consul", { keys: { [segments.join("/")]: "" } })).toEqual([]);
    }),
  );
});

const service = "expected letters, digits, dots, hyphens and underscores, such as web";
const serviceOrAll = `${service}, or * for all services`;
const sameName = (earlier: string) => `${earlier} is the same name to Consul, which does not tell case; give each once`;
const http = { protocol: "http" };
const allow = { web: "allow" };

test.each<[string, object, Problem]>([
  [
    "a key of more than Consul takes",
    { keys: { a: "ä".repeat(256 * 1024 + 1) } },
    {
      where: "consul.keys.a",
      value: "[secret]",
      message: "expected at most 512 KiB, which is all that Consul takes in one key",
    },
  ],
  [
    "a key that is a number",
    { keys: { a: 1 } },
    { where: "consul.keys.a", value: "[secret]", message: "expected text" },
  ],
  [
    "a protocol",
    { serviceDefaults: { web: { protocol: "udp" } } },
    { where: "consul.serviceDefaults.web.protocol", value: "udp", message: "expected one of tcp, http, http2, grpc" },
  ],
  [
    "defaults of all services",
    { serviceDefaults: { "*": http } },
    { where: 'consul.serviceDefaults."*"', message: noName(service) },
  ],
  [
    "a name that leads elsewhere",
    { serviceDefaults: { "..": http } },
    { where: 'consul.serviceDefaults.".."', message: noName(service) },
  ],
  [
    "two names that are one",
    { serviceDefaults: { web: http, Web: http } },
    { where: "consul.serviceDefaults.Web", value: "[mapping]", message: sameName("web") },
  ],
  [
    "an action",
    { intentions: { db: { web: "maybe" } } },
    { where: "consul.intentions.db.web", value: "maybe", message: "expected one of allow, deny" },
  ],
  [
    "a destination with a wildcard in it",
    { intentions: { "web*": allow } },
    { where: 'consul.intentions."web*"', message: noName(serviceOrAll) },
  ],
  [
    "a source with a wildcard in it",
    { intentions: { db: { "*b": "deny" } } },
    { where: 'consul.intentions.db."*b"', message: noName(serviceOrAll) },
  ],
  [
    "a destination without sources",
    { intentions: { db: {} } },
    { where: "consul.intentions.db", value: {}, message: "expected at least one source, such as { web: allow }" },
  ],
  [
    "two sources that are one",
    { intentions: { db: { web: "allow", WEB: "deny" } } },
    { where: "consul.intentions.db.WEB", value: "[mapping]", message: sameName("web") },
  ],
  [
    "two destinations that are one",
    { intentions: { db: allow, DB: allow } },
    { where: "consul.intentions.DB", value: "[mapping]", message: sameName("db") },
  ],
])("%s is refused", (_, consul, problem) => {
  expect(problemsOf("consul", consul)).toEqual([problem]);
});

test("intentions may be of all services, on either side", () => {
  const intentions = { "*": { "*": "deny" }, db: { "*": "deny", web: "allow" } };
  expect(problemsOf("consul", { intentions })).toEqual([]);
});

const variablePath = noName("expected a path such as nomad/jobs/nginx: letters, digits, - _ ~ between slashes");
const reserved = noName(
  "expected another path: below nomad/ Nomad takes nomad/jobs, what is below it, and nomad/job-templates/<name>",
);
const items = { password: "x" };

test.each<[string, object, Problem]>([
  [
    "a namespace with an underscore",
    { namespaces: { a_b: {} } },
    { where: "nomad.namespaces.a_b", message: noName("expected 1 to 128 letters, digits and hyphens") },
  ],
  [
    "the namespace that always exists",
    { namespaces: { default: {} } },
    { where: "nomad.namespaces.default", message: noName("expected another name: default always exists") },
  ],
  [
    "a long description",
    { namespaces: { team: { description: "a".repeat(257) } } },
    {
      where: "nomad.namespaces.team.description",
      value: "a".repeat(257),
      message: "expected at most 256 bytes",
    },
  ],
  ...["a b", "a.b", "/a", "a/", "a//b", "../a", ""].map((path): [string, object, Problem] => [
    `the path ${JSON.stringify(path)}`,
    { variables: { [path]: items } },
    { where: `nomad.variables.${JSON.stringify(path)}`, message: variablePath },
  ]),
  [
    "a long path",
    { variables: { ["a".repeat(129)]: items } },
    { where: `nomad.variables.${"a".repeat(129)}`, message: noName("expected at most 128 characters") },
  ],
  ...["nomad", "nomad/other", "nomad/job-templates", "nomad/job-templates/a/b"].map(
    (path): [string, object, Problem] => [
      `the reserved path ${path}`,
      { variables: { [path]: items } },
      { where: `nomad.variables.${path === "nomad" ? path : JSON.stringify(path)}`, message: reserved },
    ],
  ),
  [
    "a variable without texts",
    { variables: { a: {} } },
    {
      where: "nomad.variables.a",
      value: "[secret]",
      message: "expected at least one text: Nomad keeps no empty variable",
    },
  ],
  [
    "a variable of more than Nomad takes",
    { variables: { a: { b: "x".repeat(64 * 1024) } } },
    {
      where: "nomad.variables.a",
      value: "[secret]",
      message: "expected at most 64 KiB, names and texts together",
    },
  ],
])("%s is refused", (_, nomad, problem) => {
  expect(problemsOf("nomad", nomad)).toEqual([problem]);
});

test("variables may lie where jobs find them", () => {
  const variables = Object.fromEntries(
    ["nomad/jobs", "nomad/jobs/web/group/task", "nomad/job-templates/web", "nomads/a", "team~1/x"].map((path) => [
      path,
      items,
    ]),
  );
  expect(problemsOf("nomad", { variables })).toEqual([]);
});
