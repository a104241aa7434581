import { type NomadClient, NomadError, NomadUnreachable, product } from "../../../../offline/plugins/nomad/client";
import {
  identityOffline,
  type Jobspec,
  parseJobspec,
  sameJob,
  variablesFile,
} from "../../../../offline/plugins/nomad/job/jobspec";

const hcl = (source: string, vars: Record<string, string> = {}): Jobspec => ({ source, json: false, vars });
const json = (job: unknown): Jobspec => ({ source: JSON.stringify(job), json: true, vars: {} });

/** A client whose parser says what the test wants, and which keeps what it was asked. */
function client(answer: (body: { JobHCL: string; Variables: string; Canonicalize: boolean }) => unknown) {
  const asked: unknown[] = [];
  const put = async (_path: string, body: never) => {
    asked.push(body);
    return answer(body);
  };
  return { asked, client: { put } as unknown as NomadClient };
}

const down = client(() => {
  throw new NomadUnreachable(product, "http://127.0.0.1:1", new Error("connect ECONNREFUSED"));
}).client;

describe("variables", () => {
  test("are written as -var takes them: text for strings and numbers, expressions for the rest", () => {
    const file = variablesFile(
      { plain: "a", number: "8", list: '["a", "b"]', open: "x y" },
      { plain: "string", number: "number", list: "list(string)" },
    );
    expect(file).toBe('plain = "a"\nnumber = "8"\nlist = ["a", "b"]\nopen = "x y"\n');
  });

  test("cannot smuggle in templates or end their string", () => {
    expect(variablesFile({ a: '"\n${b} %{c} \\' }, {})).toBe('a = "\\"\\n$${b} %%{c} \\\\"\n');
  });

  test("that the jobspec does not declare are refused by name", async () => {
    const spec = hcl('variable "port" {}\nvariables { host = "a" }\njob "j" {}', {
      port: "1",
      host: "b",
      colour: "red",
    });
    await expect(parseJobspec(down, spec)).rejects.toThrow(
      "hcl2.vars gives colour, which the jobspec does not declare (it declares: host, port)",
    );
    expect(() => identityOffline(spec)).toThrow("colour");
  });
});

describe("parsing", () => {
  test("leaves HCL to Nomad, with the variables", async () => {
    const { client: nomad, asked } = client(() => ({ ID: "j" }));
    const source = 'variable "n" { type = number }\njob "j" {}';
    await expect(parseJobspec(nomad, hcl(source, { n: "3" }))).resolves.toEqual({ ID: "j" });
    expect(asked).toEqual([{ JobHCL: source, Variables: 'n = "3"\n', Canonicalize: false }]);
  });

  test("tells Nomad's words where it refuses", async () => {
    const { client: nomad } = client(() => {
      throw new NomadError(
        product,
        "http://nomad:4646",
        400,
        "Failed to parse job: input.hcl:3,1: Missing brace",
        "PUT /v1/jobs/parse",
      );
    });
    await expect(parseJobspec(nomad, hcl('job "j" {}'))).rejects.toThrow(
      "the jobspec cannot be read: Failed to parse job: input.hcl:3,1: Missing brace",
    );
  });

  test("passes on that no token allows it", async () => {
    const { client: nomad } = client(() => {
      throw new NomadError(product, "http://nomad:4646", 403, "Permission denied", "PUT /v1/jobs/parse");
    });
    await expect(parseJobspec(nomad, hcl('job "j" {}'))).rejects.toThrow("give the provider a token");
  });

  test("takes JSON with and without a Job around it, and nothing else", async () => {
    await expect(parseJobspec(down, json({ Job: { ID: "a" } }))).resolves.toEqual({ ID: "a" });
    await expect(parseJobspec(down, json({ ID: "a" }))).resolves.toEqual({ ID: "a" });
    for (const source of ["{", "{}", "[]", "null", '"a"']) {
      await expect(parseJobspec(down, { source, json: true, vars: {} })).rejects.toThrow("the jobspec cannot be read");
    }
  });
});

describe("comparing", () => {
  test("asks Nomad for both jobs with their defaults", async () => {
    const { client: nomad, asked } = client(({ JobHCL }) => ({ ID: JobHCL.includes("web") ? "web" : "other" }));
    await expect(sameJob(nomad, hcl('job "web" {}'), hcl('job "web" { }'))).resolves.toBe(true);
    await expect(sameJob(nomad, hcl('job "web" {}'), hcl('job "db" {}'))).resolves.toBe(false);
    expect(asked).toHaveLength(4);
    expect(asked).toContainEqual(expect.objectContaining({ Canonicalize: true }));
  });

  test("asks nobody where the texts are the same", async () => {
    await expect(sameJob(down, hcl("not even HCL"), hcl("not even HCL"))).resolves.toBe(true);
  });

  test("without a cluster, sees through comments and spaces only", async () => {
    const one = hcl('job "a" {\n  type = "batch"\n}');
    await expect(sameJob(down, one, hcl('# now\njob   "a" { // here\n\n  type="batch"\n}\n'))).resolves.toBe(true);
    await expect(sameJob(down, one, hcl('job "a" {\n  type = "service"\n}'))).resolves.toBe(false);
    await expect(sameJob(down, one, { ...one, vars: { a: "b" } })).resolves.toBe(false);
    await expect(sameJob(down, one, hcl('job "a'))).resolves.toBe(false);
    await expect(sameJob(down, json({ ID: "a", Type: "b" }), json({ Type: "b", ID: "a" }))).resolves.toBe(true);
  });
});

describe("identity without a cluster", () => {
  test.each([
    ['job "web" {}', { id: "web", namespace: "default" }],
    ['job "web" {\n id = "w"\n namespace = "team"\n}', { id: "w", namespace: "team" }],
    ['variable "n" {}\njob "web" {\n namespace = var.n\n}', { id: "web", namespace: undefined }],
    ['job "web" {\n id = "web-${var.n}"\n}', { id: undefined, namespace: "default" }],
  ])("of %j", (source, identity) => {
    expect(identityOffline(hcl(source))).toEqual(identity);
  });

  test("of JSON", () => {
    expect(identityOffline(json({ Job: { ID: "a", Namespace: "b" } }))).toEqual({ id: "a", namespace: "b" });
  });

  test.each([
    ["", "there is no job block"],
    ['group "a" {}', "there is no job block"],
    ['job "a" {', "line 1: the block is not closed"],
  ])("refuses %j", (source, reason) => {
    expect(() => identityOffline(hcl(source))).toThrow(reason);
  });
});
