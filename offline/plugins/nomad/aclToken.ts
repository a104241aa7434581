import { doing } from "../hashicorp/errors";
import { stringSet } from "../hashicorp/recorded";
import { defineResource, type Failure, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";

const { boolean, object, set, string } = property;

const inputs = {
  expirationTtl: string({ replaces: true }),
  global: boolean({ replaces: true, default: false }),
  name: string({ autoName: true }),
  policies: set(string()),
  // Nomad fills the name in.
  roles: set(object({ id: string({ required: true }), name: string({ computed: true }) })),
  type: string({ required: true }),
};
type AclTokenInputs = ValuesOf<typeof inputs>;

interface ApiToken {
  AccessorID: string;
  SecretID: string;
  Name: string;
  Type: string;
  Policies?: string[] | null;
  Roles?: { ID: string; Name: string }[] | null;
  Global: boolean;
  CreateTime: string;
  ExpirationTime?: string | null;
}

/** `nomad:index/aclToken:AclToken` */
export const aclToken = defineResource<NomadClient>()({
  token: "nomad:index/aclToken:AclToken",
  inputs,
  outputs: {
    accessorId: string(),
    createTime: string(),
    expirationTime: string(),
    secretId: string({ secret: true }),
  },

  check(news) {
    const failures: Failure[] = [];
    const limited = ["policies", "roles"].filter((name) => ((news[name] ?? []) as readonly unknown[]).length > 0);
    if (news.type === "management" && limited.length > 0) {
      failures.push({
        property: limited[0] as string,
        reason: `a management token may do anything: leave ${limited.join(" and ")} out, or make it type "client"`,
      });
    }
    if (typeof news.type === "string" && news.type !== "client" && news.type !== "management") {
      failures.push({
        property: "type",
        reason: `type is ${JSON.stringify(news.type)}; it must be client or management`,
      });
    }
    return { inputs: news, failures };
  },

  async create(given, { name, config, signal }) {
    const token = await doing(`error creating ACL token ${name}`, () =>
      config.put<ApiToken>("/v1/acl/token", { ...body(given), ExpirationTTL: given.expirationTtl ?? "" }, { signal }),
    );
    return { id: token.AccessorID, outputs: flatten(token, given) };
  },

  async update({ id }, given, { config, signal }) {
    const token = await doing(`error updating ACL token ${id}`, () =>
      config.put<ApiToken>(`/v1/acl/token/${id}`, { AccessorID: id, ...body(given) }, { signal }),
    );
    return { outputs: flatten(token, given) };
  },

  async read({ id, inputs: given }, { config, signal }) {
    const token = await doing(`error reading ACL token ${id}`, () =>
      config.find<ApiToken>(`/v1/acl/token/${encodeURIComponent(id)}`, { signal }),
    );
    return token && { id, outputs: flatten(token, given) };
  },

  async delete({ id }, { config, signal }) {
    await doing(`error deleting ACL token ${id}`, () => config.deleteIfThere(`/v1/acl/token/${id}`, { signal }));
  },
});

function body(given: AclTokenInputs) {
  return {
    Name: given.name ?? "",
    Type: given.type,
    Policies: stringSet(given.policies),
    Roles: (given.roles ?? []).map(({ id }) => ({ ID: id })),
    Global: given.global,
  };
}

function flatten(token: ApiToken, given: Partial<AclTokenInputs>): Values {
  const policies = stringSet(token.Policies);
  return {
    id: token.AccessorID,
    accessorId: token.AccessorID,
    secretId: token.SecretID,
    name: token.Name,
    type: token.Type,
    policies: policies.length > 0 || given.policies ? policies : undefined,
    roles: (token.Roles ?? []).map(({ ID, Name }) => ({ id: ID, name: Name })),
    global: token.Global,
    createTime: goTime(token.CreateTime),
    expirationTime: token.ExpirationTime ? goTime(token.ExpirationTime) : "",
    expirationTtl: given.expirationTtl,
  };
}

/** A time as Go prints it in UTC, e.g. `2026-11-24 09:18:07.5 +0000 UTC`; the fraction keeps all its digits. */
export function goTime(rfc3339: string): string {
  const [, whole, fraction = "", zone] = /^(.{19})(\.\d+)?(.*)$/.exec(rfc3339) ?? [];
  if (whole === undefined) return rfc3339;
  const utc = new Date(`${whole}${zone}`).toISOString().slice(0, 19);
  return `${utc.replace("T", " ")}${fraction} +0000 UTC`;
}
