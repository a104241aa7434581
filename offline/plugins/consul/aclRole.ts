import { stringSet } from "../hashicorp/recorded";
import { defineResource, property, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";

const { list, object, set, string } = property;

const inputs = {
  description: string(),
  name: string({ autoName: true }),
  nodeIdentities: list(object({ datacenter: string({ required: true }), nodeName: string({ required: true }) })),
  policies: set(string()),
  serviceIdentities: list(object({ datacenters: set(string()), serviceName: string() })),
};
type Given = ValuesOf<typeof inputs>;

interface ApiRole {
  readonly ID: string;
  readonly Name: string;
  readonly Description: string;
  readonly Policies?: readonly { readonly ID: string; readonly Name: string }[] | null;
  readonly NodeIdentities?: readonly { readonly NodeName: string; readonly Datacenter: string }[] | null;
  readonly ServiceIdentities?:
    | readonly { readonly ServiceName: string; readonly Datacenters?: readonly string[] | null }[]
    | null;
}

/** Policies are given by name or by id, and the program sees again what it gave. */
function policiesOf(found: ApiRole["Policies"], given: readonly string[] | undefined): string[] | undefined {
  const ids = new Set(given ?? []);
  const shown = (found ?? []).map(({ ID, Name }) => (ids.has(ID) ? ID : Name));
  return shown.length > 0 ? stringSet(shown) : undefined;
}

/** `consul:index/aclRole:AclRole` */
export const aclRole = defineResource<ConsulClient>()({
  token: "consul:index/aclRole:AclRole",
  inputs,
  ...crud<Given, ApiRole>({
    what: "ACL role",
    path: "/v1/acl/role",
    idOf: ({ ID }) => ID,
    body: (given, id) => ({
      ...(id ? { ID: id } : {}),
      Name: given.name,
      Description: given.description ?? "",
      Policies: (given.policies ?? []).map((policy) =>
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(policy) ? { ID: policy } : { Name: policy },
      ),
      NodeIdentities: (given.nodeIdentities ?? []).map(({ nodeName, datacenter }) => ({
        NodeName: nodeName,
        Datacenter: datacenter,
      })),
      ServiceIdentities: (given.serviceIdentities ?? []).map(({ serviceName, datacenters }) => ({
        ServiceName: serviceName,
        Datacenters: datacenters ?? [],
      })),
    }),
    flatten: (found, given) => ({
      name: found.Name,
      description: found.Description,
      policies: policiesOf(found.Policies, given.policies),
      nodeIdentities: found.NodeIdentities?.length
        ? found.NodeIdentities.map(({ NodeName, Datacenter }) => ({ nodeName: NodeName, datacenter: Datacenter }))
        : undefined,
      serviceIdentities: found.ServiceIdentities?.length
        ? found.ServiceIdentities.map(({ ServiceName, Datacenters }) => ({
            serviceName: ServiceName,
            datacenters: stringSet(Datacenters),
          }))
        : undefined,
    }),
  }),
});
