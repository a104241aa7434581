/** Where an agent finds its certificate, by its configuration directory; a program's file names below it. */
export const tlsNames = { ca: "tls/ca.pem", certificate: "tls/cert.pem", key: "tls/key.pem" } as const;

export function tlsFiles(configuration: string): Record<keyof typeof tlsNames, string> {
  return {
    ca: `${configuration}/${tlsNames.ca}`,
    certificate: `${configuration}/${tlsNames.certificate}`,
    key: `${configuration}/${tlsNames.key}`,
  };
}
