import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { blank, secretTexts } from "../../../../offline/plugins/kit/blank";
import {
  definePackage,
  defineResource,
  InitializationError,
  property,
  Secret,
  type Values,
} from "../../../../offline/plugins/kit/definition";
import { createProvider } from "../../../../offline/plugins/kit/provider";
import type { StatusError } from "../../../../offline/plugins/kit/server";
import { encode } from "../../../../offline/plugins/kit/wire";

const { string } = property;
const urn = "urn:pulumi:dev::p::x:index:Thing::thing";

/** Everything that a handler is given, as an error that is careless of it. */
const careless = (given: unknown, config: unknown) => `cannot do with ${JSON.stringify({ given, config })}`;

const thing = defineResource<{ token?: string }>()({
  token: "x:index:Thing",
  inputs: { kind: string(), open: string(), own: string({ secret: true }) },
  check: (news) => ({ inputs: news, failures: [{ property: "own", reason: careless(news, "") }] }),
  async create(given, { config }) {
    if (given.kind !== "half") throw new Error(careless(given, config));
    throw new InitializationError({ id: "1", outputs: {} }, [careless(given, config)]);
  },
  async update(_, given, { config }) {
    throw new Error(careless(given, config));
  },
  async delete(before, { config }) {
    throw new Error(careless(before, config));
  },
});

const provider = (imports?: boolean) =>
  createProvider(
    definePackage({
      name: "x",
      version: "1.0.0",
      style: "bridged",
      config: { token: string({ secret: true }) },
      configure: (config) => config,
      resources: [{ ...thing, imports }],
    }),
    undefined,
  );

const never = new AbortController().signal;

/** What a method fails with. */
async function failure(method: string, request: object, plugin = provider()): Promise<StatusError> {
  await plugin.methods.configure?.(new pb.ConfigureRequest().setArgs(encode({ token: "t0ken-of-provider" })), never);
  return plugin.methods[method]?.(request, never).then(
    () => {
      throw new Error("it did not fail");
    },
    (error: StatusError) => error,
  ) as Promise<StatusError>;
}

const given: Values = { kind: "whole", open: new Secret("m4de-secret"), own: "declared-secret" };
const shown = /cannot do with .*"\[secret\]".*"\[secret\]".*\{"token":"\[secret\]"\}/;

test.each<[string, string, object]>([
  ["a creation", "create", new pb.CreateRequest().setUrn(urn).setProperties(encode(given))],
  ["an update", "update", new pb.UpdateRequest().setUrn(urn).setOlds(encode({})).setNews(encode(given))],
  [
    "a deletion",
    "delete",
    new pb.DeleteRequest().setUrn(urn).setProperties(encode({ ...given, own: new Secret("declared-secret") })),
  ],
])("the error of %s shows no secret of the resource or the provider", async (_, method, request) => {
  const { message } = await failure(method, request);
  expect(message).toMatch(shown);
  expect(message).not.toMatch(/m4de-secret|declared-secret|t0ken-of-provider/);
});

test("nor does that of a creation that went half-way, in what travels beside it", async () => {
  const request = new pb.CreateRequest().setUrn(urn).setProperties(encode({ ...given, kind: "half" }));
  const error = await failure("create", request);
  expect(error.message).toMatch(shown);
  const [details] = error.metadata.get("grpc-status-details-bin") as Buffer[];
  expect(details?.toString("latin1")).not.toContain("t0ken-of-provider");
});

test("nor do reasons why an input is refused", async () => {
  const response = (await provider().methods.check?.(
    new pb.CheckRequest().setUrn(urn).setNews(encode(given)),
    never,
  )) as pb.CheckResponse;
  const [reason] = response.getFailuresList().map((each) => each.getReason());
  expect(reason).toMatch(/cannot do with .*"\[secret\]".*"\[secret\]"/);
  expect(reason).not.toMatch(/m4de-secret|declared-secret/);
});

test("what can be told by its state alone is not imported", async () => {
  const request = new pb.ReadRequest().setUrn(urn).setId("1").setProperties(encode({})).setInputs(encode({}));
  expect((await failure("read", request)).message).toBe(
    "x:index:Thing cannot be imported: nothing but its state tells what it was; let the program create it",
  );
  const refreshed = request.setProperties(encode({ id: "1" }));
  const response = (await provider().methods.read?.(refreshed, never)) as pb.ReadResponse;
  expect(response.getId()).toBe("1");
});

test("secrets are known whole and by their lines, and short words are none", () => {
  const key = `-----BEGIN KEY-----\n${"a".repeat(30)}\n${"b".repeat(30)}\n-----END KEY-----\n`;
  const secrets = secretTexts([{ key: new Secret(key), list: new Secret(["hunter22", "on"]), open: "in the open" }]);
  expect(blank(`${"b".repeat(30)} hunter22 on, in the open: ${key.trim()}`, secrets)).toBe(
    "[secret] [secret] on, in the open: [secret]",
  );
});

test("what stands in a secret and is none itself may be shown", () => {
  const values = [
    { connection: new Secret({ host: "10.0.0.11", password: "10.0.0.12", proxy: { host: "10.0.0.13" } }) },
  ];
  const secrets = secretTexts(values, ["connection.host", "connection.proxy.host"]);
  expect(blank("10.0.0.11, 10.0.0.12, 10.0.0.13", secrets)).toBe("10.0.0.11, [secret], 10.0.0.13");
});
