import { existsSync, readFileSync } from "node:fs";
import type { StackSecrets } from "../../components/secrets";
import { type Credentials, credentialsOf } from "../lib/credentials";
import { paths } from "../lib/paths";
import type { Stack } from "../lib/stack";
import { textsIn } from "./redact";

/** Variables that hold secrets of whoever runs this. */
const variables = [
  "PULUMI_CONFIG_PASSPHRASE",
  "NOMAD_TOKEN",
  "CONSUL_HTTP_TOKEN",
  "PULUMI_ACCESS_TOKEN",
  "VAULT_TOKEN",
];

/** Every secret that this checkout can know of, so that none of them shows, wherever somebody may have put it. */
export function secretsAround(stack: Stack | undefined, environment: NodeJS.ProcessEnv): string[] {
  return [
    ...variables.flatMap((name) => environment[name] ?? []),
    ...textOf(paths.passphrase),
    ...(stack ? [...ofStack(stack.secrets), ...ofCredentials(credentialsOf(stack))] : []),
  ].filter((text) => text.trim() !== "");
}

function ofStack({ hosts, fabioCertificate, nomadVariables }: StackSecrets): string[] {
  const ssh = [...hosts.values()].flatMap(({ privateKey, sudoPassword, bastionPrivateKey, engine }) => [
    privateKey,
    sudoPassword,
    bastionPrivateKey,
    engine?.key,
  ]);
  return [...ssh, fabioCertificate?.key, ...textsIn(nomadVariables)].filter((text) => text !== undefined);
}

function ofCredentials({ consulToken, nomadToken }: Credentials): string[] {
  return [consulToken, nomadToken].flatMap((path) => (path ? textOf(path) : []));
}

function textOf(path: string): string[] {
  return existsSync(path) ? [readFileSync(path, "utf8")] : [];
}
