import { ensureTool, type ToolName } from ".";
import { recipes } from "./tool";

/** `npx tsx offline/toolchain/cli.ts nomad` prints the path of a tool, made if need be. */
async function main([name = ""]: readonly string[]): Promise<void> {
  if (!Object.hasOwn(recipes, name)) {
    throw new Error(`No such tool ${JSON.stringify(name)}; expected one of ${Object.keys(recipes).join(", ")}.`);
  }
  console.log((await ensureTool(name as ToolName, { report: (line) => console.error(line) })).path);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
