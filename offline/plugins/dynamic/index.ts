import { createRequire } from "node:module";
import { join } from "node:path";

// Dynamic resources live in the program's own SDK: this plugin only starts its part there.
const provider = "@pulumi/pulumi/cmd/dynamic-provider";

// The SDK's part would go on for ever after whoever started it is gone.
process.stdin.on("end", () => process.exit(0)).resume();

let path: string;
try {
  path = createRequire(join(process.cwd(), "package.json")).resolve(provider);
} catch {
  process.stderr.write(`${provider} is not found from ${process.cwd()}; run \`npm install\` there\n`);
  process.exit(1);
}
require(path);
