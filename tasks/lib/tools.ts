import { mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensurePlugins } from "../../offline/plugins/install";
import type { Report } from "../../offline/report";
import { ensureTool, type Tool } from "../../offline/toolchain";
import { paths } from "./paths";
import type { Stack } from "./stack";

/** Makes sure of the command-line tools that a person uses with the stack, and links them into one folder. */
export async function ensureTools(stack: Stack, report: Report): Promise<string> {
  const { consulServers, nomadServers } = stack.topology;
  const ofVersion = (version?: string) => ({ report, ...(version ? { version } : {}) });
  const tools: Tool[] = [
    await ensureTool("pulumi", { report }),
    await ensureTool("nomad", ofVersion(nomadServers[0]?.version)),
    await ensureTool("consul", ofVersion(consulServers[0]?.version)),
  ];
  await mkdir(paths.bin, { recursive: true });
  for (const tool of tools) {
    await link(tool.path, join(paths.bin, tool.name));
    // Pulumi's own download brings its language hosts beside it; they are found through the same folder.
    if (tool.name === "pulumi" && tool.origin === "downloaded") {
      await link(join(dirname(tool.path), "pulumi-language-nodejs"), join(paths.bin, "pulumi-language-nodejs"));
    }
  }
  return tools.map(({ name, version, origin }) => `${name} ${version} ${origin}`).join(", ");
}

/** Makes sure of the plugins that the program needs, in a Pulumi home of this checkout's own. */
export async function ensurePulumiPlugins(report: Report): Promise<string> {
  const plugins = await ensurePlugins({ home: paths.pulumiHome, report, pulumi: join(paths.bin, "pulumi") });
  return plugins.map(({ name, version, origin }) => `${name} ${version} ${origin}`).join(", ");
}

async function link(target: string, path: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) {
    return;
  }
  const staged = `${path}.${process.pid}`;
  await rm(staged, { force: true });
  await symlink(target, staged);
  await rename(staged, path);
}
