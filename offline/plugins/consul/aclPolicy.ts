import { stringSet } from "../hashicorp/recorded";
import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";

const { set, string } = property;

const inputs = {
  datacenters: set(string()),
  description: string(),
  name: string({ autoName: true }),
  rules: string({ required: true }),
};
type Given = ValuesOf<typeof inputs>;

interface ApiPolicy {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
  readonly Rules: string;
  readonly Datacenters?: readonly string[] | null;
}

/** `consul:index/aclPolicy:AclPolicy` */
export const aclPolicy = defineResource<ConsulClient>()({
  token: "consul:index/aclPolicy:AclPolicy",
  inputs,
  ...crud<Given, ApiPolicy>({
    what: "ACL policy",
    path: "/v1/acl/policy",
    idOf: ({ ID }) => ID,
    body: (given, id) => ({
      ...(id ? { ID: id } : {}),
      Name: given.name,
      Description: given.description ?? "",
      Rules: given.rules,
      Datacenters: given.datacenters ?? [],
    }),
    flatten: ({ Name, Description, Rules, Datacenters }): Values => ({
      name: Name,
      description: Description,
      rules: Rules,
      datacenters: stringSet(Datacenters),
    }),
  }),
});
