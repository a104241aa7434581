import type { HostAccess } from "./config/access";
import type { Problem } from "./config/problem";
import { type ReadText, readInto } from "./config/readText";
import type { StackConfig } from "./config/schema";
import type { SshSecrets } from "./hosts/plan";

/** What the configuration holds that nobody may see: kept apart from the plan, which may be shown to anyone. */
export interface StackSecrets {
  /** By host. */
  readonly hosts: ReadonlyMap<string, SshSecrets>;
  /** Certificate and key of the HTTPS proxy, in PEM. */
  readonly fabioCertificate?: { readonly cert: string; readonly key: string };
  /** Nomad variables by path. */
  readonly nomadVariables: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Gathers them, out of files where the configuration names such. */
export function secretsOf(
  config: StackConfig,
  access: ReadonlyMap<string, HostAccess>,
  read: ReadText,
): { secrets: StackSecrets; problems: Problem[] } {
  const problems: Problem[] = [];
  const { certificate } = config.fabio;
  const text = (name: "cert" | "key"): string =>
    certificate?.[name] ??
    readInto(certificate?.[`${name}File`] ?? "", `fabio.certificate.${name}File`, read, problems) ??
    "";
  const fabioCertificate = certificate && { cert: text("cert"), key: text("key") };
  return {
    secrets: {
      hosts: new Map([...access].map(([name, { secrets }]) => [name, secrets])),
      ...(fabioCertificate ? { fabioCertificate } : {}),
      nomadVariables: config.nomad.variables,
    },
    problems,
  };
}
