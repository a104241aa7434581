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

/**
 * A service's defaults with what Consul fills in: the plugin compares the two as they are, and anything left out would be
 * a change in every run.
 */
export function serviceDefaults(protocol: string) {
  return { Expose: {}, MeshGateway: {}, Protocol: protocol, TransparentProxy: {} };
}

/**
 * Sources of an intention as Consul gives them back, in its order and with the precedence that it works out: likewise.
 *
 * @see https://developer.hashicorp.com/consul/docs/secure-mesh/intention#precedence-and-match-order
 */
export function intentionSources(destination: string, sources: Readonly<Record<string, "allow" | "deny">>) {
  return Object.entries(sources)
    .map(([source, action]) => ({
      Action: action,
      Name: source,
      Precedence: (destination === "*" ? 6 : 9) - (source === "*" ? 1 : 0),
      Type: "consul",
    }))
    .sort((a, b) => b.Precedence - a.Precedence);
}

/** What the stack keeps in Consul for jobs and for Fabio: keys, protocols of services, who may call whom. */
export class ConsulCatalog extends pulumi.ComponentResource {
  /** Paths of the keys. */
  readonly keys: pulumi.Output<string[]>;

  constructor(name: string, args: ConsulCatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("hashistack:consul:ConsulCatalog", name, {}, opts);
    const own = { parent: this };
    const { consulKeys, serviceDefaults: services, intentions } = args.plan;

    for (const [path, value] of Object.entries(consulKeys)) {
      new consul.Keys(`${name}-key-${path}`, { keys: [{ path, value, delete: true }] }, own);
    }
    const entry = (part: string, kind: string, service: string, content: object, dependsOn: pulumi.Resource[] = []) =>
      new consul.ConfigEntry(
        `${name}-${part}-${service.toLowerCase()}`,
        { kind, name: service, configJson: renderJson(content) },
        // Consul does not tell case: under another spelling it is the same entry, and the old one would be deleted last.
        { ...own, deleteBeforeReplace: true, dependsOn },
      );
    const defaults = Object.entries(services).map(([service, { protocol }]) =>
      entry("defaults", "service-defaults", service, serviceDefaults(protocol)),
    );
    for (const [destination, sources] of Object.entries(intentions)) {
      const content = { Sources: intentionSources(destination, sources) };
      entry("intentions", "service-intentions", destination, content, defaults);
    }

    this.keys = pulumi.output(Object.keys(consulKeys));
    this.registerOutputs({ keys: this.keys });
  }
}
