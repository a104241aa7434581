import { readAssignment, readHeredocs } from "../shell";

/** What the command that installs an agent says of it: the inverse of `renderAgentCreate`, as far as people look at it. */
export interface InstalledAgent {
  readonly host: string;
  readonly agent: string;
  readonly product: string;
  readonly version: string;
  /** Plain files by name, below the configuration directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Text of the systemd unit. */
  readonly unit: string;
}

/** Reads such a command; undefined for any other text. */
export function readAgentCreate(command: string): InstalledAgent | undefined {
  const script = readHeredocs(command).heredocs[0]?.text;
  if (script === undefined) {
    return undefined;
  }
  const { heredocs, rest } = readHeredocs(script);
  const [host, agent, product, version] = ["host", "agent", "product", "version"].map((name) =>
    readAssignment(rest, name),
  );
  const unit = heredocs.find(({ command }) => command === "unit_file")?.text;
  if (
    host === undefined ||
    agent === undefined ||
    product === undefined ||
    version === undefined ||
    unit === undefined
  ) {
    return undefined;
  }
  const files = heredocs.flatMap(({ command, text }) => {
    const [, name] = /^file (\S+)$/.exec(command) ?? [];
    return name === undefined ? [] : [[name, text] as const];
  });
  return { host, agent, product, version, unit, files: Object.fromEntries(files) };
}
