import { ensureTool, type ToolName, toolNames } from ".";

/** `npx tsx offline/toolchain/cli.ts nomad` prints the path of a tool, made if need be; progress goes to stderr. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(toolNames as readonly string[]).includes(name));
  if (names.length === 0 || unknown.length > 0) {
    throw new Error(`usage: npx tsx offline/toolchain/cli.ts TOOL..., each TOOL one of ${toolNames.join(", ")}`);
  }
  for (const name of names) {
    const tool = await ensureTool(name as ToolName, { report: (message) => console.error(message) });
    console.error(`${tool.name} ${tool.version} (${tool.origin})`);
    console.log(tool.path);
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
