import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cached } from "../../offline/cache";
import { run } from "../../offline/command";

const goModule = join(__dirname, "actionlint");

/** Path of actionlint, built of the Go module that go.mod and go.sum pin. */
export async function actionlintCommand(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) {
    hash.update(readFileSync(join(goModule, file)));
  }
  const report = (line: string) => console.error(line);
  const folder = await cached(
    `actionlint-built-${hash.digest("hex").slice(0, 24)}`,
    async (directory) => {
      const program = join(directory, "actionlint");
      const args = [
        "build",
        "-mod=readonly",
        "-trimpath",
        `-o=${program}`,
        "github.com/rhysd/actionlint/cmd/actionlint",
      ];
      await run("go", args, { cwd: goModule, env: { ...process.env, GOWORK: "off", CGO_ENABLED: "0" } });
    },
    report,
  );
  return join(folder, "actionlint");
}
