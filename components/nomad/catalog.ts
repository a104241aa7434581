import * as nomad from "@pulumi/nomad";
import * as pulumi from "@pulumi/pulumi";
import type { CatalogPlan } from "../topology";

export interface NomadCatalogArgs {
  readonly plan: CatalogPlan;
  /** Nomad variables by path: secrets. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Whether there is nothing to keep. */
export function isEmpty({ plan, variables }: NomadCatalogArgs): boolean {
  return [plan.namespaces, plan.nodePools, variables].every((kept) => Object.keys(kept).length === 0);
}

/** What the stack keeps in Nomad for its jobs: namespaces, node pools, variables. */
export class NomadCatalog extends pulumi.ComponentResource {
  /** Names of the namespaces beside `default`. */
  readonly namespaces: pulumi.Output<string[]>;
  /** Depend on these for all of it to be there. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NomadCatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:nomad:NomadCatalog", name, {}, opts);
    const own = { parent: this };
    const { namespaces, nodePools } = args.plan;

    this.ready = [
      ...Object.entries(namespaces).map(
        ([namespace, description]) =>
          new nomad.Namespace(`${name}-namespace-${namespace}`, { name: namespace, description }, own),
      ),
      ...nodePools.map((pool) => new nomad.NodePool(`${name}-pool-${pool}`, { name: pool }, own)),
      ...Object.entries(args.variables).map(
        ([path, items]) =>
          new nomad.Variable(
            `${name}-variable-${path}`,
            { path, items: pulumi.secret({ ...items }) },
            // The path names it: a second one beside it is the same one.
            { ...own, deleteBeforeReplace: true, additionalSecretOutputs: ["items"] },
          ),
      ),
    ];
    this.namespaces = pulumi.output(Object.keys(namespaces));
    this.registerOutputs({ namespaces: this.namespaces });
  }
}
