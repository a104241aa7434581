import { defineResource, property, type Value, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";
import { sameJson } from "./json";

const { any, map, string } = property;

const inputs = {
  config: map(any()),
  configJson: string({ same: sameJson }),
  description: string(),
  displayName: string(),
  maxTokenTtl: string({ default: "0s" }),
  name: string({ autoName: true, replaces: true }),
  tokenLocality: string({ default: "local" }),
  type: string({ required: true, replaces: true }),
};
type Given = ValuesOf<typeof inputs>;

interface ApiMethod {
  readonly Name: string;
  readonly Type: string;
  readonly Description?: string;
  readonly DisplayName?: string;
  readonly MaxTokenTTL?: string;
  readonly TokenLocality?: string;
  readonly Config: Readonly<Record<string, Value>>;
}

/** The provider puts it before the name. */
const prefix = "auth-method-";

/** `consul:index/aclAuthMethod:AclAuthMethod` */
export const aclAuthMethod = defineResource<ConsulClient>()({
  token: "consul:index/aclAuthMethod:AclAuthMethod",
  inputs,

  check(news) {
    const given = ["config", "configJson"].filter((name) => news[name] !== undefined);
    const failures = given.length === 1 ? [] : [{ property: "configJson", reason: "give either configJson or config" }];
    return { inputs: news, failures };
  },

  ...crud<Given, ApiMethod>({
    what: "ACL auth method",
    path: "/v1/acl/auth-method",
    idOf: ({ Name }) => `${prefix}${Name}`,
    keyOf: (id) => id.slice(prefix.length),
    body: (given) => ({
      Name: given.name,
      Type: given.type,
      Description: given.description ?? "",
      DisplayName: given.displayName ?? "",
      MaxTokenTTL: given.maxTokenTtl ?? "0s",
      TokenLocality: given.tokenLocality ?? "local",
      Config: given.configJson === undefined ? given.config : (JSON.parse(given.configJson) as Value),
    }),
    flatten: (found, given) => ({
      name: found.Name,
      type: found.Type,
      description: found.Description ?? "",
      displayName: found.DisplayName ?? "",
      maxTokenTtl: found.MaxTokenTTL ?? "0s",
      tokenLocality: found.TokenLocality ?? "local",
      ...(given.config === undefined ? { configJson: JSON.stringify(found.Config) } : { config: found.Config }),
    }),
  }),
});
