import { createRequire } from "node:module";
import { join } from "node:path";

// Dynamic resources live in the program's own SDK: this plugin only starts its part there.
const provider = "@pulumi/pulumi/cmd/dynamic-provider";

let path: string;
try {
  path = createRequire(join(process.cwd(), "package.json")).resolve(provider);
} catch {
  process.stderr.write(`${provider} is not found from ${process.cwd()}; run \`npm install\` there\n`);
  process.exit(1);
}
require(path);
