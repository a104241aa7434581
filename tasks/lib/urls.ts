import type { Stack } from "./stack";

/** Where a person finds what runs. */
export function urlTable(stack: Stack): string {
  const { consulServers, nomadServers, fabios } = stack.topology;
  const loopback = fabios[0]?.loopback ?? true;
  const rows: [string, string | undefined][] = [
    ["Consul UI", consulServers[0] && `${consulServers[0].url}/ui`],
    ["Nomad UI", nomadServers[0] && `${nomadServers[0].url}/ui`],
    ["Fabio UI", fabios[0] && `${fabios[0].uiUrl}/${loopback ? "" : `  (on ${fabios[0].host})`}`],
    ...fabios.map(({ url, host }): [string, string] => [fabios.length > 1 ? `Proxy on ${host}` : "Proxy", `${url}/`]),
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, url]) => `  ${name.padEnd(width)}  ${url}`).join("\n");
}
