import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionlintCommand } from "./actionlint";
import { actionFiles, gitlabJobs, type Job, root, type Workflow, workflows } from "./pipelines";

const minute = 60_000;

describe("actionlint", () => {
  let actionlint: string;
  beforeAll(async () => {
    actionlint = await actionlintCommand();
  }, 5 * minute);
  // What else is on this machine's PATH must make no difference.
  const lint = (file: string) =>
    spawnSync(actionlint, ["-no-color", "-shellcheck=", "-pyflakes=", file], { cwd: root, encoding: "utf8" });

  test.each([...workflows.keys()])("has nothing to say of %s", (file) => {
    const { status, stdout, stderr } = lint(join(".github/workflows", file));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("would say something", () => {
    const text = readFileSync(join(root, ".github/workflows/preview.yml"), "utf8");
    const folder = mkdtempSync(join(tmpdir(), "hashistack-actionlint-"));
    const file = join(folder, "broken.yml");
    writeFileSync(file, text.replace("secrets.PULUMI_CONFIG_PASSPHRASE", "secret.PULUMI_CONFIG_PASSPHRASE"));
    const said = lint(file);
    rmSync(folder, { recursive: true });
    expect(said).toMatchObject({ status: 1, stdout: expect.stringContaining('undefined variable "secret"') });
  });
});

const jobs: [string, Job, Workflow][] = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]): [string, Job, Workflow] => [`${file} ${name}`, job, workflow]),
);

test("every action is pinned by a commit, with its version beside it, and one action by one commit", () => {
  const uses = actionFiles().flatMap((text) => [...text.matchAll(/uses: (.*)/g)].map(([, used = ""]) => used));
  const foreign = uses.filter((used) => !used.startsWith("./"));
  expect(foreign.length).toBeGreaterThan(5);
  for (const used of foreign) {
    expect(used).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
  const names = new Set(foreign.map((used) => used.split("@")[0]));
  expect(new Set(foreign).size).toBe(names.size);
});

test.each(jobs)("%s may do no more than it must", (name, { permissions = {} }, workflow) => {
  expect(workflow.permissions).toEqual({ contents: "read" });
  const allowed: Record<string, object> = {
    "preview.yml preview": { contents: "read", "pull-requests": "write" },
    "drift.yml drift": { contents: "read", issues: "write" },
  };
  expect(permissions).toEqual(allowed[name] ?? {});
});

test.each(jobs)("%s leaves no token in the checkout", (_name, { steps }) => {
  const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
  expect(checkouts).toHaveLength(1);
  expect(checkouts[0]?.with).toEqual({ "persist-credentials": false });
});

test("no pipeline of a fork gets a secret, an environment or a runner of one's own", () => {
  for (const [name, job, workflow] of jobs) {
    expect(JSON.stringify(workflow.on)).not.toContain("pull_request_target");
    const fork = name === "preview.yml preview-fork" || name.startsWith("test.yml");
    if (fork) {
      expect(JSON.stringify([job, workflow.env ?? {}])).not.toMatch(/secrets\.|HASHISTACK_RUNNER|"environment"/);
    } else if (name.startsWith("preview.yml")) {
      expect(job.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
    }
  }
});

test("whatever changes the cluster waits for approval, and one runs at a time", () => {
  const deploys = jobs.filter(([, { steps }]) => steps.some(({ run }) => run?.startsWith("make up")));
  expect(deploys.map(([name, { environment }]) => [name, environment])).toEqual([["deploy.yml deploy", "prod"]]);
  expect(deploys[0]?.[1]).toMatchObject({ concurrency: { group: "deploy-prod", "cancel-in-progress": false } });
  const manual = gitlabJobs.filter(([, { script = [] }]) => script.some((line) => line.startsWith("make up")));
  expect(manual).toEqual([
    [
      "deploy",
      expect.objectContaining({ resource_group: "prod", rules: [expect.objectContaining({ when: "manual" })] }),
    ],
  ]);
});
