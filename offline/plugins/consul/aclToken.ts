import { doing } from "../hashicorp/errors";
import { stringSet } from "../hashicorp/recorded";
import { defineFunction, defineResource, type Failure, property, Secret, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";
import { type ApiIdentities, flattenIdentities, identitiesBody, tokenIdentities } from "./identities";

const { boolean, set, string } = property;

const inputs = {
  ...tokenIdentities,
  accessorId: string({ computed: true, replaces: true }),
  description: string(),
  expirationTime: string({ replaces: true }),
  local: boolean({ replaces: true }),
  policies: set(string()),
  roles: set(string()),
};
type Given = ValuesOf<typeof inputs>;

interface ApiToken extends ApiIdentities {
  readonly AccessorID: string;
  readonly SecretID: string;
  readonly Description: string;
  readonly Local: boolean;
  readonly ExpirationTime?: string | null;
  readonly Policies?: readonly { readonly Name: string }[] | null;
  readonly Roles?: readonly { readonly Name: string }[] | null;
}

const path = "/v1/acl/token";

/** `consul:index/aclToken:AclToken`: the state holds the accessor of a token and never its secret. */
export const aclToken = defineResource<ConsulClient>()({
  token: "consul:index/aclToken:AclToken",
  inputs,

  check(news) {
    const failures: Failure[] = [];
    const { expirationTime } = news;
    const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
    if (typeof expirationTime === "string" && !rfc3339.test(expirationTime)) {
      failures.push({
        property: "expirationTime",
        reason: `${JSON.stringify(expirationTime)} is no time; expected e.g. 2030-01-31T12:00:00Z`,
      });
    }
    return { inputs: news, failures };
  },

  ...crud<Given, ApiToken>({
    what: "ACL token",
    path,
    idOf: ({ AccessorID }) => AccessorID,
    body: (given, id) => ({
      ...(id || given.accessorId ? { AccessorID: id ?? given.accessorId } : {}),
      Description: given.description ?? "",
      Local: given.local ?? false,
      ...(given.expirationTime ? { ExpirationTime: given.expirationTime } : {}),
      Policies: (given.policies ?? []).map((name) => ({ Name: name })),
      Roles: (given.roles ?? []).map((name) => ({ Name: name })),
      ...identitiesBody(given),
    }),
    flatten: (found) => ({
      accessorId: found.AccessorID,
      description: found.Description,
      // Whole seconds, as the provider writes them.
      expirationTime: found.ExpirationTime?.replace(/\.\d+/, "") ?? "",
      local: found.Local,
      namespace: "",
      partition: "",
      policies: stringSet(found.Policies?.map(({ Name }) => Name)),
      roles: stringSet(found.Roles?.map(({ Name }) => Name)),
      ...flattenIdentities(found),
    }),
  }),
});

/** `consul:index/getAclTokenSecretId:getAclTokenSecretId` */
export const getAclTokenSecretId = defineFunction<ConsulClient>()({
  token: "consul:index/getAclTokenSecretId:getAclTokenSecretId",
  inputs: { accessorId: string({ required: true }) },
  async invoke({ accessorId }, { config, signal }) {
    const token = await doing(`error reading the secret of ACL token ${JSON.stringify(accessorId)}`, () =>
      config.get<ApiToken>(`${path}/${encodeURIComponent(accessorId)}`, { signal }),
    );
    return {
      id: accessorId,
      accessorId,
      secretId: new Secret(token.SecretID),
      encryptedSecretId: new Secret(""),
      pgpKey: "",
    };
  },
});
