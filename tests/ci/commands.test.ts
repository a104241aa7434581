import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Checkout } from "../e2e/checkout";
import { pulumiCommand } from "../plugins/support/tools";
import { type Edit, scenarios } from "../previews/scenarios";
import { Workshop } from "../previews/workshop";
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

/** What somebody proposes: a setting of agents, a job's file, the version of an image. */
const proposed: readonly Edit[] = [
  { file: "Pulumi.prod.yaml", from: "logLevel: warn", to: "logLevel: debug" },
  { file: "Pulumi.prod.yaml", from: "nginx:1.29", to: "nginx:1.30" },
  { file: "jobs/nginx.nomad.hcl", from: "memory = 64", to: "memory = 96" },
];
const clientRemoved = scenarios.find(({ name }) => name === "client-removed")?.edits ?? [];

/** What comes of a change, with each exit code of the report's. */
const outcomes: readonly { code: number; edits: readonly Edit[]; says: string; passphrase?: string }[] = [
  { code: 2, edits: clientRemoved, says: "Needs attention: Host client-2 is removed." },
  { code: 0, edits: proposed, says: "Safe: 1 agent re-created, 4 agents restarted, 1 job changed." },
  { code: 1, edits: [], says: "**No report**", passphrase: "wrong" },
];

describe("the commands of the pipelines, as they are written, in a clone", () => {
  let workshop: Workshop;
  let checkout: Checkout;
  const ran = new Set<string>();
  beforeAll(async () => {
    // Its cluster is up as far as the state knows: what the report says is real, and no machine is asked.
    workshop = await Workshop.create(await pulumiCommand());
    checkout = workshop.checkout;
    execFileSync("git", ["init", "--quiet"], { cwd: checkout.root });
    await workshop.up();
    // As a pipeline has it: in a backend that others share, the passphrase in a variable, and nothing in the checkout.
    renameSync(join(checkout.root, ".hashistack/state"), join(checkout.root, ".hashistack/shared"));
    rmSync(join(checkout.root, ".hashistack/passphrase"));
  });
  const sharing = (passphrase = "previews") => ({
    HASHISTACK_BACKEND: `file://${join(checkout.root, ".hashistack/shared")}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
  });
  afterAll(() => workshop?.remove());

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
  /** Runs a report on a stack that was edited, where no earlier run left anything; gives back how it ended. */
  const reporting = (line: string, edits: readonly Edit[], environment: NodeJS.ProcessEnv = sharing()) =>
    workshop.edited(edits, async () => {
      rmSync(join(checkout.root, "report.md"), { force: true });
      return run(line, environment);
    });

  test("style and types", () => {
    // As it is cloned: here Pulumi has written the stack's file anew, in a style of its own.
    const file = join(checkout.root, "Pulumi.prod.yaml");
    const written = readFileSync(file);
    copyFileSync(join(root, "Pulumi.prod.yaml"), file);
    const { status, output } = run("make lint");
    writeFileSync(file, written);
    expect({ status, output }).toMatchObject({ status: 0 });
  });

  describe("on GitHub", () => {
    let forge: FakeForge;
    beforeAll(async () => {
      forge = await FakeForge.start("github");
    });
    afterAll(() => forge.stop());

    test("a pull request gets one comment for all its runs, and the run fails as the report does", async () => {
      const [line = "", commenting = ""] = stepsOf("preview.yml", "preview");
      const environment = forge.environment();
      let said = "comment written";
      for (const { code, edits, says, passphrase } of outcomes) {
        const { status, output } = await reporting(line, edits, sharing(passphrase));
        expect({ status, output }).toMatchObject({ status: code });
        expect(await inBackground(commenting, environment)).toContain(said);
        expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining(says)]);
        said = "comment updated";
      }
      expect(readFileSync(environment.GITHUB_STEP_SUMMARY as string, "utf8")).toContain("Host client-2 is removed.");
    });

    test("from that comment one can say what happens in which order, and nothing in it is secret", async () => {
      const [line = "", commenting = ""] = stepsOf("preview.yml", "preview");
      await reporting(line, proposed);
      await inBackground(commenting, forge.environment());
      const { body = "" } = forge.comments[0] ?? {};
      for (const part of [
        "| 1 | server-1 restarts | 1 → 0 → 1 |\n| 2 | server-2 restarts | 1 → 0 → 1 |\n| 3 | server-3 restarts |",
        '-  "log_level": "warn",\n+  "log_level": "debug",',
        "| image of the job nginx | mirror.example:5000/nginx:1.29 | mirror.example:5000/nginx:1.30 | upgrade |",
        "-        memory = 64\n+        memory = 96",
        "| client-1 | its tasks go on while it restarts |",
        "no Nomad server can be reached: https://10.20.0.11:4646",
        "the policies hold",
      ]) {
        expect(body).toContain(part);
      }
      // Every generated secret of this state is made of these digits.
      expect(body).not.toMatch(/0a0a0a0a|PRIVATE KEY|previews hide/);
    });

    test("a fork's is shown on the run's page", async () => {
      const { steps = [] } = workflows.get("preview.yml")?.jobs["preview-fork"] ?? {};
      const [line = "", commenting = ""] = stepsOf("preview.yml", "preview-fork");
      const environment = forge.environment("stranger/infra");
      const { status, output } = await reporting(line, [], steps.find(({ run }) => run === line)?.env);
      expect({ status, output }).toMatchObject({ status: 0 });
      const asked = forge.api.asked.length;
      expect(await inBackground(commenting, environment)).toContain("there is no comment");
      expect(forge.api.asked).toHaveLength(asked);
      expect(readFileSync(environment.GITHUB_STEP_SUMMARY as string, "utf8")).toMatch(
        /Safe: \d agents created, 4 jobs registered[\s\S]*Stack `dev`.* the policies hold/,
      );
    });

    test("before a deployment, attention is let through to whoever approves; an error is not", async () => {
      const [line = "", showing = ""] = stepsOf("deploy.yml", "preview");
      for (const { code, edits, passphrase } of outcomes) {
        expect((await reporting(line, edits, sharing(passphrase))).status).toBe(code === 1 ? 1 : 0);
      }
      await reporting(line, clientRemoved);
      const summary = join(checkout.root, "summary");
      expect(run(showing, { GITHUB_STEP_SUMMARY: summary }).status).toBe(0);
      expect(readFileSync(summary, "utf8")).toContain("Host client-2 is removed.");
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
    afterAll(() => forge.stop());

    test("a merge request gets one note for all its runs", async () => {
      const { script: [line = ""] = [], after_script: [commenting = ""] = [] } = gitlab.preview ?? {};
      let said = "comment written";
      for (const { code, edits, says } of outcomes.slice(0, 2)) {
        expect((await reporting(line, edits)).status).toBe(code);
        expect(await inBackground(commenting, forge.environment())).toContain(said);
        expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining(says)]);
        said = "comment updated";
      }
    });

    test("a fork's merge request is shown what it does to a sandbox", async () => {
      const { script: [line = ""] = [], variables } = gitlab["preview-fork"] ?? {};
      expect((await reporting(line, [], variables)).status).toBe(0);
      expect(readFileSync(join(checkout.root, "report.md"), "utf8")).toContain("stack=dev verdict=safe");
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
