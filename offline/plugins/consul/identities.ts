import { stringSet } from "../hashicorp/recorded";
import { type Failure, property, type Values, type ValuesOf } from "../kit/definition";

const { list, object, set, string } = property;

const nodeIdentity = object({ datacenter: string({ required: true }), nodeName: string({ required: true }) });
const templatedPolicy = object({
  datacenters: list(string()),
  templateName: string({ required: true }),
  templateVariables: object({ name: string() }),
});

/** What gives rights besides policies, as roles have it. */
export const roleIdentities = {
  nodeIdentities: list(nodeIdentity),
  serviceIdentities: set(object({ datacenters: set(string()), serviceName: string({ required: true }) })),
  templatedPolicies: list(templatedPolicy),
};

/** The same for tokens, where the provider keeps lists. */
export const tokenIdentities = {
  ...roleIdentities,
  serviceIdentities: list(object({ datacenters: list(string()), serviceName: string({ required: true }) })),
};
type Given = ValuesOf<typeof roleIdentities>;

type Names = readonly string[] | null;

/** Rights of roles and tokens in Consul's API. */
export interface ApiIdentities {
  readonly NodeIdentities?: readonly { readonly NodeName: string; readonly Datacenter: string }[] | null;
  readonly ServiceIdentities?: readonly { readonly ServiceName: string; readonly Datacenters?: Names }[] | null;
  readonly TemplatedPolicies?:
    | readonly {
        readonly TemplateName: string;
        readonly Datacenters?: Names;
        readonly TemplateVariables?: { readonly name?: string } | null;
      }[]
    | null;
}

export function identitiesBody(given: Given): Values {
  return {
    NodeIdentities: (given.nodeIdentities ?? []).map(({ nodeName, datacenter }) => ({
      NodeName: nodeName,
      Datacenter: datacenter,
    })),
    ServiceIdentities: (given.serviceIdentities ?? []).map(({ serviceName, datacenters }) => ({
      ServiceName: serviceName,
      Datacenters: datacenters ?? [],
    })),
    TemplatedPolicies: (given.templatedPolicies ?? []).map(({ templateName, datacenters, templateVariables }) => ({
      TemplateName: templateName,
      Datacenters: datacenters ?? [],
      ...(templateVariables ? { TemplateVariables: { Name: templateVariables.name ?? "" } } : {}),
    })),
  };
}

export function flattenIdentities(found: ApiIdentities): Values {
  return {
    nodeIdentities: (found.NodeIdentities ?? []).map(({ NodeName, Datacenter }) => ({
      nodeName: NodeName,
      datacenter: Datacenter,
    })),
    serviceIdentities: (found.ServiceIdentities ?? []).map(({ ServiceName, Datacenters }) => ({
      serviceName: ServiceName,
      datacenters: stringSet(Datacenters),
    })),
    templatedPolicies: (found.TemplatedPolicies ?? []).map(({ TemplateName, Datacenters, TemplateVariables }) => ({
      templateName: TemplateName,
      datacenters: [...(Datacenters ?? [])],
      templateVariables: TemplateVariables ? { name: TemplateVariables.name ?? "" } : null,
    })),
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Refuses names where the provider takes ids of policies only. */
export function policyIds(policies: unknown): Failure[] {
  return (Array.isArray(policies) ? policies : []).flatMap((policy: unknown, i) =>
    typeof policy !== "string" || uuid.test(policy)
      ? []
      : [
          {
            property: `policies[${i}]`,
            reason: `${JSON.stringify(policy)} is no UUID; a role takes the id of a policy (policy.id), not its name`,
          },
        ],
  );
}
