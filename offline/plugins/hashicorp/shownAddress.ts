/** An address as errors may show it: without the user and password that may stand in it. */
export function shownAddress(address: string): string {
  return address.replace(/^(\w+:\/\/)?[^/@]*@/, "$1[secret]@");
}
