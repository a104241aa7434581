import * as consul from "@pulumi/consul";
import * as pulumi from "@pulumi/pulumi";
import { renderJson } from "../render";
import type { CatalogPlan } from "../topology";

export interface ConsulCatalogArgs {
  readonly plan: CatalogPlan;
}

/** Whether there is nothing to keep. */
export function isEmpty({ plan }: ConsulCatalogArgs): boolean {
  return [plan.consulKeys, plan.serviceDefaults, plan.intentions].every((kept) => Object.keys(kept).length === 0);
}

/** What the stack keeps in Consul for jobs and for Fabio: keys, protocols of services, who may call whom. */
export class ConsulCatalog extends pulumi.ComponentResource {
  /** Paths of the keys. */
  readonly keys: pulumi.Output<string[]>;

  constructor(name: string, args: ConsulCatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:ConsulCatalog", name, {}, opts);
    const own = { parent: this };
    const { consulKeys, serviceDefaults, intentions } = args.plan;

    for (const [path, value] of Object.entries(consulKeys)) {
      new consul.Keys(`${name}-key-${path}`, { keys: [{ path, value, delete: true }] }, own);
    }
    const defaults = Object.entries(serviceDefaults).map(
      ([service, { protocol }]) =>
        new consul.ConfigEntry(
          `${name}-defaults-${service}`,
          { kind: "service-defaults", name: service, configJson: renderJson({ Protocol: protocol }) },
          own,
        ),
    );
    for (const [destination, sources] of Object.entries(intentions)) {
      new consul.ConfigEntry(
        `${name}-intentions-${destination}`,
        {
          kind: "service-intentions",
          name: destination,
          configJson: renderJson({
            Sources: Object.entries(sources).map(([source, action]) => ({
              Action: action,
              Name: source,
              Type: "consul",
            })),
          }),
        },
        { ...own, dependsOn: defaults },
      );
    }

    this.keys = pulumi.output(Object.keys(consulKeys));
    this.registerOutputs({ keys: this.keys });
  }
}
