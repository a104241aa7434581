/** Whether an IPv4 address is one of 127.0.0.0/8. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.");
}
