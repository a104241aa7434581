import { renderProperties } from "../render";
import type { FabioPlan } from "../topology";

/**
 * Settings of one Fabio.
 * @see https://fabiolb.net/ref/
 */
export function renderFabioProperties(plan: FabioPlan): string {
  const ui = `127.0.0.1:${plan.ports.ui}`;
  return renderProperties({
    "proxy.addr": `${plan.address}:${plan.ports.proxy}`,
    // The UI's API shows the whole configuration to anyone who reaches it.
    "ui.addr": ui,
    "ui.access": "ro",
    "ui.title": plan.host,
    "log.level": plan.logLevel.toUpperCase(),
    "registry.consul.addr": `127.0.0.1:${plan.consulPort}`,
    "registry.consul.register.addr": ui,
    "registry.consul.register.checkInterval": "2s",
    "registry.consul.register.checkTimeout": "2s",
    // One failing check among several takes the service out.
    "registry.consul.checksRequired": "all",
  });
}
