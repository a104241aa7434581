import { stringSet } from "../hashicorp/recorded";
import { defineResource, property, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";
import { type ApiIdentities, flattenIdentities, identitiesBody, policyIds, roleIdentities } from "./identities";

const { set, string } = property;

const inputs = {
  ...roleIdentities,
  description: string(),
  name: string({ autoName: true }),
  policies: set(string()),
};
type Given = ValuesOf<typeof inputs>;

interface ApiRole extends ApiIdentities {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
  readonly Policies?: readonly { readonly ID: string; readonly Name: string }[] | null;
}

/** `consul:index/aclRole:AclRole` */
export const aclRole = defineResource<ConsulClient>()({
  token: "consul:index/aclRole:AclRole",
  inputs,
  check: (news) => ({ inputs: news, failures: policyIds(news.policies) }),

  ...crud<Given, ApiRole>({
    what: "ACL role",
    path: "/v1/acl/role",
    idOf: ({ ID }) => ID,
    body: (given, id) => ({
      ...(id ? { ID: id } : {}),
      Name: given.name,
      Description: given.description ?? "",
      Policies: (given.policies ?? []).map((policy) => ({ ID: policy })),
      ...identitiesBody(given),
    }),
    flatten: (found) => ({
      name: found.Name,
      description: found.Description,
      namespace: "",
      partition: "",
      policies: stringSet(found.Policies?.map(({ ID }) => ID)),
      ...flattenIdentities(found),
    }),
  }),
});
