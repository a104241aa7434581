import { renderProperties } from "../render";
import { tlsFiles } from "../security/files";
import type { FabioPlan } from "../topology";

/** Files of the HTTPS proxy's certificate, below Fabio's configuration directory. */
export const ingressNames = { certificate: "ingress/cert.pem", key: "ingress/key.pem" } as const;

/**
 * Settings of one Fabio.
 *
 * @param configuration its configuration directory
 * @see https://fabiolb.net/ref/
 */
export function renderFabioProperties(plan: FabioPlan, configuration: string): string {
  const { tls } = plan.security;
  const ui = `127.0.0.1:${plan.ports.ui}`;
  const consul = `127.0.0.1:${plan.consul.port}`;
  return renderProperties({
    "proxy.addr": listeners(plan).join(","),
    ...(plan.certificate
      ? {
          "proxy.cs": `cs=ingress;type=file;cert=${configuration}/${ingressNames.certificate};key=${configuration}/${ingressNames.key}`,
        }
      : {}),
    "metrics.target": "prometheus",
    // Unless said, metrics are named after the machine, and no query fits two of them.
    "metrics.prefix": "fabio",
    // The UI's API shows the whole configuration to anyone who reaches it.
    "ui.addr": ui,
    "ui.access": "ro",
    "ui.title": plan.host,
    "log.level": plan.logLevel.toUpperCase(),
    "registry.consul.addr": tls ? `https://${consul}` : consul,
    ...(tls ? { "registry.consul.tls.cafile": tlsFiles(configuration).ca } : {}),
    "registry.consul.register.addr": ui,
    "registry.consul.register.checkInterval": "1s",
    "registry.consul.register.checkTimeout": "2s",
    // One failing check among several takes the service out.
    "registry.consul.checksRequired": "all",
  });
}

function listeners({ address, ports, certificate }: FabioPlan): string[] {
  return [
    `${address}:${ports.proxy}`,
    ...(certificate ? [`${address}:${ports.tls};cs=ingress`] : []),
    `127.0.0.1:${ports.metrics};proto=prometheus`,
  ];
}
