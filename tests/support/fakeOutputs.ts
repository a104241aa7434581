type Outputs = Record<string, unknown>;

const computed: Readonly<Record<string, (inputs: Outputs) => Outputs>> = {
  "docker:index/volume:Volume": ({ name }) => ({ mountpoint: `/var/lib/docker/volumes/${name}/_data` }),
  "docker:index/remoteImage:RemoteImage": ({ name }) => ({ imageId: `sha256:${name}`, repoDigest: `${name}@sha256:0` }),
  "random:index/randomPassword:RandomPassword": ({ length }) => ({ result: "0a".repeat(Number(length) / 2) }),
  "tls:index/privateKey:PrivateKey": () => ({ privateKeyPem: "a private key" }),
  "tls:index/selfSignedCert:SelfSignedCert": () => ({ certPem: "the authority's certificate" }),
  "tls:index/certRequest:CertRequest": ({ subject }) => ({ certRequestPem: JSON.stringify(subject) }),
  "tls:index/locallySignedCert:LocallySignedCert": ({ certRequestPem }) => ({ certPem: `signed ${certRequestPem}` }),
  "command:local:Command": ({ stdin }) => ({ stdout: stdin ? `${JSON.parse(String(stdin)).title}: healthy` : "" }),
  "command:remote:Command": () => ({ stdout: "digest 2026-01-01T00:00:00.000Z\n" }),
  "nomad:index/job:Job": () => ({ status: "running", modifyIndex: "7" }),
};

/** What a real provider would compute beyond the inputs; in a preview, which hands in `unknown`, it cannot tell yet. */
export function fakeOutputs(type: string, inputs: Outputs, unknown?: string): Outputs {
  const outputs = computed[type]?.(inputs) ?? {};
  return unknown === undefined ? outputs : Object.fromEntries(Object.keys(outputs).map((key) => [key, unknown]));
}
