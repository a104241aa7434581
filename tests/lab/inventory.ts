/** What a stand-in is: an Ubuntu machine with nothing on it, or a machine whose Docker engine runs already. */
export type MachineKind = "ubuntu" | "docker";

export interface Machine {
  /** Its host name, and its name in `known_hosts` beside the address. */
  readonly name: string;
  /** IPv4 address, the same at every start. */
  readonly address: string;
  readonly kind: MachineKind;
}

export interface Inventory {
  /** The lab's own network, in CIDR notation. */
  readonly subnet: string;
  readonly gateway: string;
  /** Addresses that the engine gives to others than the machines: none of theirs is among them. */
  readonly others: string;
  /** Where releases, packages (port 80) and images (port 5000) are. */
  readonly services: string;
  readonly machines: readonly Machine[];
}

/** Network of the lab unless the environment variable `HASHISTACK_LAB_SUBNET` names another. */
export const defaultSubnet = "10.77.0.0/24";

/** Everything in the lab carries it, and nothing else does. */
export const labLabel = "hashistack.lab=true";
/** Name of the network, and the first part of the names of containers and volumes. */
export const labName = "hashistack-lab";
/** Who logs in; may use sudo without a password. */
export const labUser = "ops";

const plan: readonly (readonly [name: string, last: number, kind: MachineKind])[] = [
  ["server-1", 11, "ubuntu"],
  ["server-2", 12, "ubuntu"],
  ["server-3", 13, "ubuntu"],
  ["client-1", 21, "ubuntu"],
  ["client-2", 22, "docker"],
  ["client-3", 23, "docker"],
];

/** The lab's machines and addresses. @throws Error where the subnet is not a private /24. */
export function inventoryOf(subnet: string = process.env.HASHISTACK_LAB_SUBNET || defaultSubnet): Inventory {
  const [, a = 0, b = 0, c = 0] = (/^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.0\/24$/.exec(subnet) ?? []).map(Number);
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168);
  if (!isPrivate || b > 255 || c > 255) {
    throw new Error(
      `HASHISTACK_LAB_SUBNET is "${subnet}"; expected a private network of 256 addresses that this machine does not use yet, such as 10.78.0.0/24`,
    );
  }
  const at = (last: number) => `${a}.${b}.${c}.${last}`;
  return {
    subnet,
    gateway: at(1),
    others: `${at(128)}/25`,
    services: at(2),
    machines: plan.map(([name, last, kind]) => ({ name, address: at(last), kind })),
  };
}

/** @throws Error where the lab has no machine of that name, with the names that it has. */
export function machineOf({ machines }: Inventory, name: string): Machine {
  const found = machines.find((machine) => machine.name === name);
  if (found === undefined) {
    const names = machines.map((machine) => machine.name).join(", ");
    throw new Error(`The lab has no machine "${name}"; it has: ${names}`);
  }
  return found;
}

/** Name of a machine's container, or of a service's. */
export function containerOf(name: string): string {
  return `${labName}-${name}`;
}
