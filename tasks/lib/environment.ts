import { delimiter } from "node:path";
import type { Credentials } from "./credentials";
import { paths } from "./paths";
import type { Stack } from "./stack";

/** What Pulumi needs to know to work with a stack of this checkout. */
export function pulumiEnvironment(stackName: string): Record<string, string> {
  return {
    PULUMI_HOME: paths.pulumiHome,
    // Without the files of metadata beside the state: they alone are not written in one piece, and after a kill in
    // between Pulumi says "failed to load checkpoint: EOF" for good (gocloud.dev's fileblob, setAttrs).
    PULUMI_BACKEND_URL: `file://${paths.state}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: paths.passphrase,
    PULUMI_STACK: stackName,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // What the program needs was put in place by `make`: no run should go looking for downloads.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: withBin(process.env.PATH ?? ""),
  };
}

/** What Pulumi and the ordinary CLIs need to know to work with this checkout's stack. */
export function stackEnvironment(stack: Stack): Record<string, string> {
  const { consulServers, nomadServers } = stack.topology;
  return {
    ...pulumiEnvironment(stack.name),
    CONSUL_HTTP_ADDR: consulServers[0]?.url ?? "",
    NOMAD_ADDR: nomadServers[0]?.url ?? "",
  };
}

/** This process's environment with the stack's on top. */
export function processEnvironment(stack: Stack): NodeJS.ProcessEnv {
  return inherited(stackEnvironment(stack));
}

/** This process's environment with some variables on top. */
export function inherited(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // A passphrase in the caller's environment would win over the file that holds this checkout's own.
  const { PULUMI_CONFIG_PASSPHRASE: _, ...others } = process.env;
  return { ...others, ...variables };
}

/** What the ordinary CLIs need to know of a locked stack. Nomad's has no way to read its token from a file. */
export function credentialVariables({ ca, consulToken }: Credentials): Record<string, string> {
  return {
    ...(ca ? { CONSUL_CACERT: ca, NOMAD_CACERT: ca } : {}),
    ...(consulToken ? { CONSUL_HTTP_TOKEN_FILE: consulToken } : {}),
  };
}

/** Lines for `eval`. A token stays in its file until then: whoever looks at the lines sees none. */
export function exportLines(environment: Readonly<Record<string, string>>, { nomadToken }: Credentials = {}): string {
  const lines = Object.entries(environment).map(([key, value]) => `export ${key}=${quote(value)}`);
  const token = nomadToken ? [`export NOMAD_TOKEN="$(cat ${quote(nomadToken)})"`] : [];
  return `${["unset PULUMI_CONFIG_PASSPHRASE", ...lines, ...token].join("\n")}\n`;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function withBin(path: string): string {
  const others = path.split(delimiter).filter((entry) => entry !== paths.bin);
  return [paths.bin, ...others].join(delimiter);
}
