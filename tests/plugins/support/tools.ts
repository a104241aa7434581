import { ensureTool } from "../../../offline/toolchain";

const report = (line: string) => console.error(line);

/** Path of the `pulumi` command, made if need be. */
export async function pulumiCommand(): Promise<string> {
  return (await ensureTool("pulumi", { report })).path;
}

/** Path of the `nomad` command, made if need be. */
export async function nomadCommand(): Promise<string> {
  return (await ensureTool("nomad", { report })).path;
}

/** Path of the `consul` command, made if need be. */
export async function consulCommand(): Promise<string> {
  return (await ensureTool("consul", { report })).path;
}

/** Path of the `fabio` command, made if need be. */
export async function fabioCommand(): Promise<string> {
  return (await ensureTool("fabio", { report })).path;
}
