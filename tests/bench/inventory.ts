/** The configuration of a locked cluster: five servers and so many clients, all on Ubuntu machines that are nowhere. */
export function manyClients(clients: number): Record<string, unknown> {
  const host = (name: string, address: string, roles: string[]) => ({ name, address, substrate: "ubuntu", roles });
  const servers = [1, 2, 3, 4, 5].map((i) => host(`server-${i}`, `10.1.0.${i}`, ["consul-server", "nomad-server"]));
  const others = Array.from({ length: clients }, (_, i) =>
    host(`client-${i}`, `10.2.${Math.floor(i / 250)}.${(i % 250) + 1}`, ["nomad-client"]),
  );
  const ssh = { user: "ops", privateKeyFile: "key", insecureIgnoreHostKey: true };
  return { cluster: { name: "bench" }, ssh, hosts: [...servers, ...others] };
}
