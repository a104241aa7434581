import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ensureEngine, stopEngine } from "../offline/engine";
import { ensureTool } from "../offline/toolchain";
import { main } from "./lib/main";
import { paths, root } from "./lib/paths";
import { runAttached } from "./lib/run";
import { runSteps, type Step } from "./lib/steps";

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const bin = (name: string) => join(root, "node_modules/.bin", name);

/** Everything there is to test, in the order in which a mistake shows soonest. */
main(async () => {
  const results: JestResult[] = [];
  const folder = await mkdtemp(join(tmpdir(), "hashistack-test-"));
  const environment: NodeJS.ProcessEnv = { ...process.env, CI: "true" };

  const command = (title: string, program: string, ...args: string[]): Step => ({
    title,
    async run() {
      const code = await runAttached(bin(program), args, { cwd: root });
      if (code !== 0) {
        throw new Error(`${program} ended with ${code}; what is wrong stands above.`);
      }
      return undefined;
    },
  });
  const jest = (title: string, projects: readonly string[], ...args: string[]): Step => ({
    title,
    async run() {
      const file = join(folder, `${projects.join("-")}.json`);
      const json = ["--json", `--outputFile=${file}`];
      const code = await runAttached(bin("jest"), ["--selectProjects", ...projects, ...json, ...args], {
        cwd: root,
        env: environment,
        // The report is in the file; standard output would repeat it.
        stdio: ["ignore", "ignore", "inherit"],
      });
      const result = JSON.parse(await readFile(file, "utf8")) as JestResult;
      results.push(result);
      // What was skipped has not been shown to work.
      if (code !== 0 || result.numPassedTests === 0 || result.numPendingTests > 0) {
        throw new Error(
          `${projects.join(", ")}: ${result.numPassedTests} passed, ${result.numFailedTests} failed, ` +
            `${result.numPendingTests} skipped, ${result.numFailedTestSuites} files did not pass`,
        );
      }
      return `${result.numPassedTests} passed`;
    },
  });

  try {
    await runSteps([
      command("Format and style", "biome", "check", "."),
      command("Types", "tsc", "-p", "tsconfig.check.json"),
      jest("Unit, component and whole-program tests", ["unit", "component", "stack"]),
      {
        title: "Tools: pulumi, nomad, consul, and a Docker engine",
        async run(report) {
          const tools = [];
          for (const name of ["pulumi", "nomad", "consul"] as const) {
            tools.push(await ensureTool(name, { report }));
          }
          const folders = tools.map(({ path }) => join(path, ".."));
          environment.PATH = [...folders, process.env.PATH].join(delimiter);
          const engine = await ensureEngine({ directory: paths.engine, report });
          return `${tools.map(({ name, version, origin }) => `${name} ${version} ${origin}`).join(", ")}, Docker ${engine.version}`;
        },
      },
      jest("Plugins against the real Docker and Nomad", ["plugins"], "--runInBand"),
      jest("Pipelines", ["ci"], "--runInBand"),
      jest("End to end", ["e2e"], "--runInBand"),
      jest("The cluster, on stand-in machines", ["lab"], "--runInBand"),
    ]);
  } finally {
    await stopEngine({ directory: paths.engine, report: (line) => console.error(line) });
    await rm(folder, { recursive: true, force: true });
    const sum = (of: (result: JestResult) => number) => results.map(of).reduce((a, b) => a + b, 0);
    console.log(`${sum((r) => r.numPassedTests)} passed, ${sum((r) => r.numFailedTests)} failed`);
  }
  return 0;
});
