/** Hexadecimal digits of 32 bytes as a gossip key: the form in which Consul and Nomad take it. */
export function asGossipKey(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}

/** 32 hexadecimal digits as a UUID: the form in which Consul and Nomad take tokens. */
export function asUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
