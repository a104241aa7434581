import * as pulumi from "@pulumi/pulumi";
import { type AgentSpec, configurationOf, type RunningAgent } from "../hosts/host";
import { type Hosts, hostOf } from "../hosts/hosts";
import type { Security } from "../security/security";
import { tokens } from "../tokens";
import type { FabioPlan } from "../topology";
import { renderFabioProperties } from "./properties";
import { fabioSecretFiles, fabioToken, type IngressCertificate } from "./secretFiles";

export interface FabioArgs {
  readonly fabios: readonly FabioPlan[];
  readonly hosts: Hosts;
  readonly security: Security;
  /** Of the HTTPS proxy; absent where there is none. */
  readonly certificate?: IngressCertificate;
  /** What must be there before Fabio starts: Consul, with a leader. */
  readonly after: readonly pulumi.Resource[];
}

/** Fabio on every ingress host: HTTP in, to whatever service asks Consul for a route. */
export class Fabio extends pulumi.ComponentResource {
  readonly agents: readonly RunningAgent[];
  /** URLs of the proxies. */
  readonly urls: pulumi.Output<string[]>;

  constructor(name: string, args: FabioArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.fabio, name, {}, opts);

    this.agents = args.fabios.map((plan) =>
      hostOf(args.hosts, plan.host).run(fabioAgent(plan, args), { parent: this, dependsOn: [...args.after] }),
    );
    this.urls = pulumi.output(args.fabios.map(({ url }) => url));
    this.registerOutputs({ urls: this.urls });
  }
}

function fabioAgent(plan: FabioPlan, { security, certificate }: FabioArgs): AgentSpec {
  const file = "fabio.properties";
  const token = fabioToken(plan, security);
  return {
    name: "fabio",
    product: "fabio",
    version: plan.version,
    image: plan.image,
    // Settings in a file: arguments can be read by anyone on the machine.
    arguments: ({ configuration }) => ["-cfg", `${configuration}/${file}`],
    // Fabio reads one file: with a token in it, all of it is a secret.
    files: token ? [] : [{ name: file, content: ({ configuration }) => renderFabioProperties(plan, configuration) }],
    secretFiles: [
      ...fabioSecretFiles(security, certificate),
      ...(token
        ? [
            {
              name: file,
              content: token.apply((value) => renderFabioProperties(plan, configurationOf("fabio"), value)),
            },
          ]
        : []),
    ],
    durable: false,
  };
}
