import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Checkout } from "../e2e/checkout";
import { FakeForge } from "../unit/ci/forges";
import { commands, gitlab, root, workflows } from "./pipelines";

const minute = 60_000;
jest.setTimeout(3 * minute);

/** What is not run here, and why. */
const excluded: Readonly<Record<string, string>> = {
  "npm ci --no-audit --no-fund": "takes away the packages that these tests run from",
  "npm ci --cache .npm --prefer-offline --no-audit --no-fund": "likewise",
  "make test-unit": "the same suite as before this one, and longer than all of this",
  "make up STACK=prod": "changes the cluster",
  "npm run drift -- --stack prod --output drift.md": "asks the cluster",
};

/** Stands in for the report on a stack whose cluster is not there: writes a file and ends as it is told to. */
const fakeReport = `const { writeFileSync } = require("node:fs");
const { argv, env } = process;
if (env.FAKE_CODE !== "1") writeFileSync(argv[argv.indexOf("--output") + 1], "report on " + argv[argv.indexOf("--stack") + 1]);
process.exit(Number(env.FAKE_CODE ?? 0));
`;

describe("the commands of the pipelines, as they are written, in a clone", () => {
  let checkout: Checkout;
  const ran = new Set<string>();
  beforeAll(async () => {
    checkout = await Checkout.create("ci", "ci");
    execFileSync("git", ["init", "--quiet"], { cwd: checkout.root });
    const file = join(checkout.root, "package.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    // Beside the clone, where style is not looked at.
    const fake = join(mkdtempSync(join(tmpdir(), "hashistack-ci-")), "report.cjs");
    writeFileSync(fake, fakeReport);
    manifest.scripts["preview-report"] = `node ${fake}`;
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    // A newer package.json would have make install packages anew: into this project's own folder, which the clone links to.
    const { atime, mtime } = statSync(join(root, "package.json"));
    utimesSync(file, atime, mtime);
  });
  afterAll(() => checkout?.remove());

  /** Runs a command line as the forge's shell does. */
  const run = (line: string, environment: NodeJS.ProcessEnv = {}) => {
    ran.add(line);
    const { MAKEFLAGS: _flags, MAKELEVEL: _level, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", line], {
      cwd: checkout.root,
      env: { ...inherited, ...environment },
      encoding: "utf8",
    });
    return { status, output: stdout + stderr };
  };
  const stepsOf = (file: string, job: string) =>
    (workflows.get(file)?.jobs[job]?.steps ?? []).flatMap(({ run }) => run ?? []);
  const report = () => rmSync(join(checkout.root, "report.md"), { force: true });

  test("style and types", () => {
    const { status, output } = run("make lint");
    expect({ status, output }).toMatchObject({ status: 0 });
  });

  describe("on GitHub", () => {
    let forge: FakeForge;
    beforeAll(async () => {
      forge = await FakeForge.start("github");
    });
    afterAll(() => forge.api.stop());

    test("a pull request gets one comment for all its runs, and the run fails as the report does", async () => {
      const [reporting = "", commenting = ""] = stepsOf("preview.yml", "preview");
      const environment = forge.environment();
      expect(run(reporting, { FAKE_CODE: "2" }).status).toBe(2);
      expect(await inBackground(commenting, environment)).toContain("comment written");
      expect(run(reporting, { FAKE_CODE: "0" }).status).toBe(0);
      expect(await inBackground(commenting, environment)).toContain("comment updated");
      expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining("\nreport on prod\n")]);
      expect(readFileSync(environment.GITHUB_STEP_SUMMARY as string, "utf8")).toContain("report on prod");
      report();
      expect(run(reporting, { FAKE_CODE: "1" }).status).toBe(1);
      expect(await inBackground(commenting, environment)).toContain("comment updated");
      expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining("**No report**")]);
    });

    test("a fork's is shown on the run's page", async () => {
      report();
      const [reporting = "", commenting = ""] = stepsOf("preview.yml", "preview-fork");
      const environment = forge.environment("stranger/infra");
      expect(run(reporting).status).toBe(0);
      const asked = forge.api.asked.length;
      expect(await inBackground(commenting, environment)).toContain("there is no comment");
      expect(forge.api.asked).toHaveLength(asked);
      expect(readFileSync(environment.GITHUB_STEP_SUMMARY as string, "utf8")).toContain("report on dev");
    });

    test("before a deployment, attention is let through to whoever approves; an error is not", () => {
      const [reporting = "", showing = ""] = stepsOf("deploy.yml", "preview");
      for (const [code, ends] of [
        ["0", 0],
        ["2", 0],
        ["1", 1],
      ] as const) {
        expect(run(reporting, { FAKE_CODE: code }).status).toBe(ends);
      }
      const summary = join(checkout.root, "summary");
      expect(run(showing, { GITHUB_STEP_SUMMARY: summary }).status).toBe(0);
      expect(readFileSync(summary, "utf8")).toContain("report on prod");
    });

    test("drift opens an issue, and its end closes it", async () => {
      const [, telling = ""] = stepsOf("drift.yml", "drift");
      const environment = forge.environment();
      expect(await inBackground(telling, environment)).toContain("the issue stays as it is");
      writeFileSync(join(checkout.root, "drift.md"), "a volume is gone");
      expect(await inBackground(telling, environment)).toContain("issue opened");
      writeFileSync(join(checkout.root, "drift.md"), "");
      expect(await inBackground(telling, environment)).toContain("issue 100 closed");
      expect(forge.issues).toEqual([expect.objectContaining({ title: "prod is not as it was left", state: "closed" })]);
    });
  });

  describe("on GitLab", () => {
    let forge: FakeForge;
    beforeAll(async () => {
      forge = await FakeForge.start("gitlab");
    });
    afterAll(() => forge.api.stop());

    test("a merge request gets one note for all its runs", async () => {
      const { script: [reporting = ""] = [], after_script: [commenting = ""] = [] } = gitlab.preview ?? {};
      for (const said of ["comment written", "comment updated"]) {
        expect(run(reporting, { FAKE_CODE: "2" }).status).toBe(2);
        expect(await inBackground(commenting, forge.environment())).toContain(said);
      }
      expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining("report on prod")]);
      expect(run(gitlab["preview-fork"]?.script?.[0] ?? "").status).toBe(0);
    });

    test("drift opens an issue", async () => {
      writeFileSync(join(checkout.root, "drift.md"), "a volume is gone");
      expect(await inBackground(gitlab.drift?.after_script?.[0] ?? "", forge.environment())).toContain("issue opened");
      expect(forge.issues).toHaveLength(1);
    });
  });

  test("every command was run, or is left out for a reason", () => {
    expect([...new Set(commands())].filter((line) => !ran.has(line)).sort()).toEqual(Object.keys(excluded).sort());
    expect(existsSync(join(checkout.root, "node_modules/.package-lock.json"))).toBe(true);
  });

  /** Runs a command that asks this process's fake: it must be able to answer meanwhile. */
  async function inBackground(line: string, environment: NodeJS.ProcessEnv): Promise<string> {
    ran.add(line);
    const assignments = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`);
    const { code, output } = await checkout.sh(`set -e\n${assignments.join("\n")}\n${line}`);
    expect({ code, output }).toMatchObject({ code: 0 });
    return output;
  }
});
