import { delimiter } from "node:path";
import type { Credentials } from "./credentials";
import { paths } from "./paths";
import type { Stack } from "./stack";

/**
 * Where the state lies, if not in this checkout: a URL of Pulumi's, such as `s3://bucket`, in `HASHISTACK_BACKEND`. Whoever
 * shares a state shares its passphrase as well, and gives it as Pulumi takes it: `PULUMI_CONFIG_PASSPHRASE` or `…_FILE`.
 */
export function sharedBackend(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const {
    HASHISTACK_BACKEND: url,
    PULUMI_CONFIG_PASSPHRASE: phrase,
    PULUMI_CONFIG_PASSPHRASE_FILE: file,
  } = environment;
  if (!url) {
    return undefined;
  }
  if (phrase === undefined && file === undefined) {
    throw new Error(
      `The state lies in ${url} (HASHISTACK_BACKEND), but its passphrase is not set: expected it in ` +
        "PULUMI_CONFIG_PASSPHRASE, or a file with it in PULUMI_CONFIG_PASSPHRASE_FILE.",
    );
  }
  return url;
}

/** What Pulumi needs to know to work with a stack of this checkout. */
export function pulumiEnvironment(stackName: string): Record<string, string> {
  return {
    PULUMI_HOME: paths.pulumiHome,
    ...backend(),
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

function backend(): Record<string, string> {
  const shared = sharedBackend();
  return shared
    ? { PULUMI_BACKEND_URL: shared }
    : {
        // Without the files of metadata beside the state: they alone are not written in one piece, and after a kill in
        // between Pulumi says "failed to load checkpoint: EOF" for good (gocloud.dev's fileblob, setAttrs).
        PULUMI_BACKEND_URL: `file://${paths.state}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE_FILE: paths.passphrase,
      };
}

/** This process's environment with the stack's on top. */
export function processEnvironment(stack: Stack): NodeJS.ProcessEnv {
  return inherited(stackEnvironment(stack));
}

/** This process's environment with some variables on top. */
export function inherited(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  // A passphrase in the caller's environment would win over the file that holds this checkout's own.
  const { PULUMI_CONFIG_PASSPHRASE: phrase, ...others } = process.env;
  const kept = sharedBackend() && phrase !== undefined ? { PULUMI_CONFIG_PASSPHRASE: phrase } : {};
  return { ...others, ...kept, ...variables };
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
  const own = environment.PULUMI_CONFIG_PASSPHRASE_FILE ? ["unset PULUMI_CONFIG_PASSPHRASE"] : [];
  return `${[...own, ...lines, ...token].join("\n")}\n`;
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

function withBin(path: string): string {
  const others = path.split(delimiter).filter((entry) => entry !== paths.bin);
  return [paths.bin, ...others].join(delimiter);
}
