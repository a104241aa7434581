import { asGossipKey, asUuid } from "../../../components/security/forms";

interface State {
  readonly deployment: {
    readonly resources?: readonly { readonly type: string; readonly outputs?: Readonly<Record<string, unknown>> }[];
  };
}

/** Every secret that a state's random and tls resources hold, in each form in which the cluster knows it. */
export function secretsIn(state: State): string[] {
  return (state.deployment.resources ?? []).flatMap(({ type, outputs = {} }) => {
    if (type.startsWith("random:")) {
      return formsOfBytes(plain(outputs.result));
    }
    if (type === "tls:index/privateKey:PrivateKey") {
      return formsOfKey(plain(outputs.privateKeyPem));
    }
    return [];
  });
}

/** Shown with `--show-secrets`, a secret is its JSON within an object. */
function plain(value: unknown): string {
  const { plaintext } = value as { plaintext: string };
  return JSON.parse(plaintext);
}

function formsOfBytes(hex: string): string[] {
  return hex.length === 32 ? [hex, asUuid(hex)] : [hex, asGossipKey(hex)];
}

/** The line with the private number in it, and the same in a file that travels as base64. */
function formsOfKey(pem: string): string[] {
  const line = pem.split("\n")[1] ?? "";
  const start = Math.ceil((pem.indexOf("\n") + 1) / 3) * 4;
  return [
    line,
    Buffer.from(pem)
      .toString("base64")
      .slice(start, start + 60),
  ];
}
