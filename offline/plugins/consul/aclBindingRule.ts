import { defineResource, property, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";

const { object, string } = property;

const inputs = {
  authMethod: string({ required: true, replaces: true }),
  bindName: string({ required: true }),
  bindType: string({ required: true, replaces: true }),
  bindVars: object({ name: string() }),
  description: string(),
  selector: string(),
};
type Given = ValuesOf<typeof inputs>;

interface ApiRule {
  readonly ID: string;
  readonly AuthMethod: string;
  readonly Description?: string;
  readonly Selector?: string;
  readonly BindType: string;
  readonly BindName: string;
  readonly BindVars?: { readonly name?: string } | null;
}

/** `consul:index/aclBindingRule:AclBindingRule` */
export const aclBindingRule = defineResource<ConsulClient>()({
  token: "consul:index/aclBindingRule:AclBindingRule",
  inputs,
  ...crud<Given, ApiRule>({
    what: "ACL binding rule",
    path: "/v1/acl/binding-rule",
    idOf: ({ ID }) => ID,
    body: (given, id) => ({
      ...(id ? { ID: id } : {}),
      AuthMethod: given.authMethod,
      Description: given.description ?? "",
      Selector: given.selector ?? "",
      BindType: given.bindType,
      BindName: given.bindName,
      ...(given.bindVars ? { BindVars: { Name: given.bindVars.name ?? "" } } : {}),
    }),
    flatten: (found) => ({
      authMethod: found.AuthMethod,
      description: found.Description ?? "",
      selector: found.Selector ?? "",
      bindType: found.BindType,
      bindName: found.BindName,
      namespace: "",
      partition: "",
      ...(found.BindVars ? { bindVars: { name: found.BindVars.name ?? "" } } : {}),
    }),
  }),
});
