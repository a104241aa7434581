import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import manifest from "../../sdks/nomad/package.json";

interface Registration {
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly id?: string;
}

const registrations = new Map<string, Registration>();

beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        registrations.set(name, { type, inputs, id });
        return { id: id || `${name}-id`, state: inputs };
      },
      call: () => ({}),
    },
    "test",
    "dev",
  ),
);

async function registered(resource: pulumi.Resource): Promise<Registration> {
  const urn = await new Promise<string>((resolve) => resource.urn.apply(resolve));
  return registrations.get(urn.split("::").at(-1) as string) as Registration;
}

/** How a secret reaches the engine. */
const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

let count = 0;
const unique = () => `resource-${count++}`;

type AnyResource = {
  new (name: string, args?: object, opts?: pulumi.CustomResourceOptions): pulumi.CustomResource;
  get(name: string, id: string, state?: object): pulumi.CustomResource;
  isInstance(obj: unknown): boolean;
};

/** Every resource with its published token and the least arguments that its type takes. */
const resources: readonly (readonly [string, unknown, object])[] = [
  ["nomad:index/job:Job", nomad.Job, { jobspec: 'job "x" {}' }],
  ["nomad:index/namespace:Namespace", nomad.Namespace, {}],
  ["nomad:index/nodePool:NodePool", nomad.NodePool, {}],
  ["nomad:index/aclPolicy:AclPolicy", nomad.AclPolicy, { rulesHcl: "" }],
  ["nomad:index/aclToken:AclToken", nomad.AclToken, { type: "client" }],
  ["nomad:index/variable:Variable", nomad.Variable, { path: "p", items: { a: "b" } }],
];

describe.each(resources)("%s", (token, type, args) => {
  const Resource = type as AnyResource;

  test("registers exactly what it was given under the published token", async () => {
    const { type, inputs } = await registered(new Resource(unique(), args));
    expect(type).toBe(token);
    expect(inputs).toEqual("items" in args ? { ...args, items: secret(args.items) } : args);
  });

  test("knows its own instances only", () => {
    expect(Resource.isInstance(new Resource(unique(), args))).toBe(true);
    expect(Resource.isInstance({ __pulumiType: token })).toBe(true);
    for (const other of [undefined, null, {}, "x", { __pulumiType: "a:b:C" }]) {
      expect(Resource.isInstance(other)).toBe(false);
    }
  });

  test("looks an existing one up by its ID, with what is known of it", async () => {
    const { type, id, inputs } = await registered(Resource.get(unique(), "some-id", args));
    expect({ type, id }).toEqual({ type: token, id: "some-id" });
    expect(inputs).toEqual(args);
  });

  test("asks for the plugin version that the package names", async () => {
    const made: unknown[] = [];
    const resource = new Resource(unique(), args, {
      transformations: [
        ({ opts, props }) => {
          made.push(opts);
          return { opts, props };
        },
      ],
    });
    await registered(resource);
    expect(made).toEqual([expect.objectContaining({ version: "2.6.1" })]);
  });
});

test.each([
  ["Job", nomad.Job, "jobspec"],
  ["AclPolicy", nomad.AclPolicy, "rulesHcl"],
  ["AclToken", nomad.AclToken, "type"],
  ["Variable", nomad.Variable, "path"],
])("%s asks for what it needs", (_name, type, property) => {
  const Resource = type as unknown as AnyResource;
  expect(() => new Resource(unique(), {})).toThrow(`Missing required property '${property}'`);
  expect(() => new Resource(unique())).toThrow(`Missing required property '${property}'`);
  expect(() => Resource.get(unique(), "id")).not.toThrow();
});

test("a job takes every argument of the published SDK, and has outputs for the rest", async () => {
  const args: Required<nomad.JobArgs> = {
    deregisterOnDestroy: false,
    deregisterOnIdChange: false,
    detach: false,
    hcl2: { allowFs: true, vars: { port: "80" } },
    jobspec: "…",
    json: true,
    policyOverride: true,
    preserveCounts: true,
    purgeOnDestroy: true,
    readAllocationIds: true,
    rerunIfDead: true,
  };
  const job = new nomad.Job(unique(), args);
  expect((await registered(job)).inputs).toEqual(args);
  const outputs = Object.entries(job).flatMap(([name, value]) => (pulumi.Output.isInstance(value) ? [name] : []));
  expect(outputs.sort()).toEqual(
    [
      ...Object.keys(args),
      ...["allAtOnce", "allocationIds", "constraints", "createIndex", "datacenters", "deploymentId"],
      ...["deploymentStatus", "id", "modifyIndex", "name", "namespace", "parentId", "periodicConfigs", "priority"],
      ...["region", "stable", "status", "statusDescription", "stop", "submitTime", "taskGroups", "type"],
      ...["updateStrategies", "urn", "version"],
    ].sort(),
  );
});

test("secrets are secrets, whatever they were given as", async () => {
  const variable = new nomad.Variable(unique(), { path: "p", items: { password: "hidden" } });
  const provider = new nomad.Provider(unique(), { address: "http://a", secretId: "t", keyPem: "k", httpAuth: "u:p" });
  await Promise.all([registered(variable), registered(provider)]);
  const expected = { path: false, items: true, address: false, secretId: true, keyPem: true, httpAuth: true };
  const { path, items } = variable;
  const { address, secretId, keyPem, httpAuth } = provider;
  const found = Object.entries({ path, items, address, secretId, keyPem, httpAuth }).map(
    async ([name, output]) => [name, await pulumi.isSecret(output as pulumi.Output<unknown>)] as const,
  );
  expect(Object.fromEntries(await Promise.all(found))).toEqual(expected);
});

test("a provider hands everything but text over as JSON", async () => {
  const provider = new nomad.Provider(unique(), {
    address: "https://nomad.example.com:4646",
    region: "eu",
    headers: [{ name: "X-Team", value: "us" }],
    ignoreEnvVars: { NOMAD_REGION: true },
    skipVerify: true,
  });
  const { type, inputs } = await registered(provider);
  expect(type).toBe("pulumi:providers:nomad");
  expect(inputs).toEqual({
    address: "https://nomad.example.com:4646",
    region: "eu",
    headers: secret('[{"name":"X-Team","value":"us"}]'),
    ignoreEnvVars: '{"NOMAD_REGION":true}',
    skipVerify: "true",
  });
  expect(nomad.Provider.isInstance(provider)).toBe(true);
  expect((await registered(new nomad.Provider(unique()))).inputs).toEqual({});
});

test("names the plugin that the engine has to load", () => {
  expect(manifest.pulumi).toEqual({ resource: true, name: "nomad", version: manifest.version });
});
