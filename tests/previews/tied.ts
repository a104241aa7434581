import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PackageDefinition, ResourceDefinition, Values } from "../../offline/plugins/kit/definition";
import { NomadUnreachable, product } from "../../offline/plugins/nomad/client";
import { identityOffline, jobspecOf } from "../../offline/plugins/nomad/job/jobspec";
import { fakeOutputs } from "../support/fakeOutputs";

// biome-ignore lint/suspicious/noExplicitAny: any package
type AnyPackage = PackageDefinition<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: any resource
type AnyResource = ResourceDefinition<any, any>;

/** What a refresh finds instead of what the state says, by the resource's name; null where it is gone. */
export type World = Readonly<Record<string, Values | null>>;

/** Names the file with the {@link World}. */
export const worldVariable = "HASHISTACK_TIED_WORLD";

/**
 * A plugin with its hands tied: it checks, compares and plans as it does otherwise, but what it would do to a machine it
 * only pretends to have done. So real states and previews can be made of clusters that are nowhere.
 */
export function tied(definition: AnyPackage): AnyPackage {
  return {
    ...definition,
    configure: () => nobody,
    close: undefined,
    resources: definition.resources.map(tiedResource),
  };
}

/** Stands in for whatever a package would speak to. */
const nobody = new Proxy(
  {},
  {
    get: (_, name) =>
      name === "then"
        ? undefined
        : () => Promise.reject(new NomadUnreachable(product, "a cluster that is nowhere", new Error("hands are tied"))),
  },
);

function tiedResource(resource: AnyResource): AnyResource {
  return {
    ...resource,
    create: async (inputs, { name }) => ({ id: idOf(name), outputs: pretended(resource, inputs as Values) }),
    update: resource.update && (async (_, inputs) => ({ outputs: pretended(resource, inputs as Values) })),
    read: async ({ id, inputs, state }, { name }) => {
      const found = world()[name];
      return found === null ? undefined : { id, inputs: inputs as Values, outputs: { ...state, ...found } };
    },
    delete: async () => undefined,
  };
}

/** A UUID, since some inputs take nothing else; the same at every run. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

function pretended({ token, outputs = {} }: AnyResource, inputs: Values): Values {
  const job = token === "nomad:index/job:Job" ? identityOffline(jobspecOf(inputs)) : undefined;
  const known = { ...fakeOutputs(token, inputs), ...(job && { name: job.id, namespace: job.namespace }) } as Values;
  return Object.fromEntries(Object.keys({ ...outputs, ...known }).map((name) => [name, known[name]]));
}

function world(): World {
  const file = process.env[worldVariable];
  return file ? JSON.parse(readFileSync(file, "utf8")) : {};
}
