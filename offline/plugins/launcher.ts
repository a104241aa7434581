import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Script } from "node:vm";
import { programFile } from "./programFile";

/** Files beside the executable that this becomes: the stand-in itself, and what V8 compiled of it. */
const program = join(__dirname, programFile);
const compiled = `${program}.compiled`;

/**
 * Starts the stand-in beside it with the code that V8 compiled in an earlier run. Pulumi starts several plugins at every
 * command, and most of what each does is to compile itself.
 */
function launch(): void {
  const cachedData = read(compiled);
  const source = `(function (require, module, exports, __filename, __dirname) {${readFileSync(program, "utf8")}\n})`;
  const script = new Script(source, { filename: program, cachedData });
  if (cachedData === undefined || script.cachedDataRejected) {
    process.on("exit", () => keep(script));
  }
  const self = { exports: {} };
  script.runInThisContext()(createRequire(program), self, self.exports, program, __dirname);
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** In one piece: other runs of the plugin may start at this moment. Without it, plugins only start more slowly. */
function keep(script: Script): void {
  const staging = `${compiled}.${process.pid}`;
  try {
    writeFileSync(staging, script.createCachedData());
    renameSync(staging, compiled);
  } catch {
    // A folder that cannot be written, or one that is being replaced.
  }
}

launch();
