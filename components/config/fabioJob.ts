import { fabioNamespace } from "../fabio/jobPlan";
import type { HostConfig } from "./hosts";
import type { Problem } from "./problem";
import type { StackConfig } from "./schema";

/** What must hold where Fabio is a job of Nomad: each ingress host can run it, and nothing else is in its namespace. */
export function fabioJobRules(hosts: readonly HostConfig[], nomad?: StackConfig["nomad"]): Problem[] {
  return [
    ...hosts.filter(({ roles }) => roles.includes("ingress")).flatMap(canRunFabio),
    ...(Object.hasOwn(nomad?.namespaces ?? {}, fabioNamespace)
      ? [
          {
            where: `nomad.namespaces.${fabioNamespace}`,
            message:
              "Fabio's job has this namespace for itself (fabio.runsAs), because its tasks may do in Consul what Fabio " +
              "may; give this one another name",
          },
        ]
      : []),
  ];
}

/** Fabio is published as a program and as an image: the image is what a driver of Nomad can be asked to run as it is. */
function canRunFabio({ name, roles, drivers, traitsWhere }: HostConfig): Problem[] {
  if (!roles.includes("nomad-client")) {
    return [
      {
        where: `${traitsWhere}.roles`,
        value: roles,
        message:
          `Fabio is a Nomad job (fabio.runsAs), and ingress host ${name} is no Nomad client; ` +
          "give it the role nomad-client, too",
      },
    ];
  }
  return drivers.includes("docker")
    ? []
    : [
        {
          where: `${traitsWhere}.drivers`,
          value: drivers,
          message:
            `Fabio is a Nomad job (fabio.runsAs) that takes the driver docker, which ingress host ${name} does not ` +
            "offer; add it here or to nomad.drivers",
        },
      ];
}
