import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readJobSources } from "../../../components/jobs/read";
import { resourceTokens, tokens } from "../../../components/tokens";
import { allowances } from "../../../policy/allowances";
import { checks } from "../../../policy/checks";
import { readableJobs, servicesWithoutChecks, tasksWithoutResources } from "../../../policy/checks/jobHygiene";
import { looseTaskImages } from "../../../policy/checks/pinnedImages";
import { privilegedTasks } from "../../../policy/checks/privileged";
import { hostNetworkTasks, rawExecTasks } from "../../../policy/checks/taskIsolation";
import { allowing, dockerTask, jobOf, resource, strict, task } from "./resources";

const root = join(__dirname, "../../..");
const image = 'image = "nginx:1.27"';

describe("no-privileged", () => {
  test.each([
    ["plainly", `${image}\nprivileged = true`],
    ["by a variable", `${image}\nprivileged = var.root`],
    ["perhaps", `${image}\nprivileged = var.root && true`],
    ["by another name", `${image}\ncap_add = ["all"]`],
    ["by Linux's name for it", `${image}\ncap_add = ["CAP_ALL"]`],
  ])("finds a task that is it %s", async (_how, config) => {
    const job = await jobOf(dockerTask(config), { root: "true" }, 'variable "root" {\n  type = bool\n}');
    expect(privilegedTasks(job, strict)).toEqual([
      expect.stringMatching(/^Task web\/g\/t has .*List the capabilities/),
    ]);
    expect(privilegedTasks(job, allowing("web/g/t"))).toEqual([]);
    expect(privilegedTasks(job, allowing("web/g/other"))).toHaveLength(1);
  });

  test.each([
    ["nothing said", image],
    ["said not to be", `${image}\nprivileged = false`],
    ["single capabilities", `${image}\ncap_add = ["net_admin", "net_raw"]`],
    ["a variable's default", `${image}\nprivileged = var.root`],
  ])("passes %s", async (_what, config) => {
    const variable = 'variable "root" {\n  type = bool\n  default = false\n}';
    expect(privilegedTasks(await jobOf(dockerTask(config), {}, variable), strict)).toEqual([]);
  });
});

describe("no-raw-exec", () => {
  test("finds the driver, also where a variable or a dynamic block brings it in", async () => {
    const variable = 'variable "driver" {\n  default = "raw_exec"\n}';
    expect(rawExecTasks(await jobOf(task('driver = "raw_exec"')), strict)).toEqual([
      "Task web/g/t uses the driver raw_exec, which isolates nothing: it runs as the Nomad agent does. Use exec or docker, " +
        "or allow it: no-raw-exec.allow in policy/allowances.ts.",
    ]);
    expect(rawExecTasks(await jobOf(task("driver = var.driver"), {}, variable), strict)).toHaveLength(1);
    expect(rawExecTasks(await jobOf(task("driver = var.driver"), { driver: "exec" }, variable), strict)).toEqual([]);
    const dynamic =
      'dynamic "task" {\n  for_each = ["a"]\n  labels = [task.value]\n  content {\n    driver = "raw_exec"\n  }\n}';
    expect(rawExecTasks(await jobOf(dynamic), strict)).toHaveLength(1);
  });

  test("lets a job pass by its name", async () => {
    expect(rawExecTasks(await jobOf(task('driver = "raw_exec"')), allowing("web"))).toEqual([]);
  });

  test("passes exec and docker", async () => {
    expect(rawExecTasks(await jobOf(`${task('driver = "exec"')}\n${dockerTask(image)}`), strict)).toEqual([]);
  });
});

describe("no-task-host-network", () => {
  test.each([
    ["the task's driver", dockerTask(`${image}\nnetwork_mode = "host"`), "its task's network_mode is host"],
    ["the group", `network {\n  mode = "host"\n}\n${dockerTask(image)}`, "its group's network mode is host"],
    ["a namespace by path", `network {\n  mode = "ns:/run/x"\n}\n${dockerTask(image)}`, "mode is ns:/run/x"],
  ])("finds it asked for by %s, once a task", async (_who, group, where) => {
    expect(hostNetworkTasks(await jobOf(group), strict)).toEqual([expect.stringContaining(where)]);
    expect(hostNetworkTasks(await jobOf(group), allowing("web/g/t"))).toEqual([]);
  });

  test.each([
    ["nothing said", dockerTask(image)],
    ["bridge", `network {\n  mode = "bridge"\n}\n${dockerTask(image)}`],
    ["ports on Docker's own bridge", `network {\n  port "http" {\n  to = 80\n}\n}\n${dockerTask(image)}`],
  ])("passes %s", async (_what, group) => {
    expect(hostNetworkTasks(await jobOf(group), strict)).toEqual([]);
  });
});

describe("pinned-images", () => {
  test.each([
    ["nginx", "no tag"],
    ["nginx:latest", "the tag latest"],
    ["registry.example:5000/nginx", "no tag"],
    ["registry.example:5000/team/nginx:latest", "the tag latest"],
    ["nginx:", "no tag"],
  ])("refuses %s in a task", async (reference, how) => {
    expect(looseTaskImages(await jobOf(dockerTask(`image = "${reference}"`)), strict)).toEqual([
      `Task web/g/t runs the image ${JSON.stringify(reference)}, with ${how}: what runs changes with the day on which it ` +
        "starts. Name a tag of a release, or a digest (@sha256:…).",
    ]);
  });

  test.each([
    "nginx:1.27-alpine",
    "registry.example:5000/nginx:1",
    `nginx@sha256:${"a".repeat(64)}`,
    `nginx:latest@sha256:${"a".repeat(64)}`,
  ])("passes %s", async (reference) => {
    expect(looseTaskImages(await jobOf(dockerTask(`image = "${reference}"`)), strict)).toEqual([]);
  });

  test("goes by the value that the stack sets", async () => {
    const variable = 'variable "image" {\n  default = "nginx"\n}';
    const group = dockerTask("image = var.image");
    expect(looseTaskImages(await jobOf(group, {}, variable), strict)).toHaveLength(1);
    expect(looseTaskImages(await jobOf(group, { image: "nginx:1.27" }, variable), strict)).toEqual([]);
  });

  test.each(["${upper(var.x)}", "nginx:${NOMAD_META_tag}"])("refuses what cannot be told: %s", async (text) => {
    const job = await jobOf(dockerTask(`image = "${text}"`));
    expect(looseTaskImages(job, strict)).toEqual([expect.stringContaining("cannot be told before it starts")]);
  });

  test("looks at a sidecar that the job brings", async () => {
    const sidecar = `service {\n  connect {\n    sidecar_service {}\n    sidecar_task {\n      config {\n        image = "envoy"\n      }\n    }\n  }\n}`;
    expect(looseTaskImages(await jobOf(sidecar), strict)).toEqual([expect.stringContaining('"envoy", with no tag')]);
  });
});

describe("task-resources", () => {
  test.each([
    ["", "cpu (or cores) and memory"],
    ["resources {\n  cpu = 100\n}", "memory"],
    ["resources {\n  memory = 64\n}", "cpu (or cores)"],
  ])("finds what is missing in %j", async (body, missing) => {
    expect(tasksWithoutResources(await jobOf(task(body)), strict)).toEqual([
      `Task web/g/t does not say what it needs: add ${missing} to its resources block.`,
    ]);
  });

  test.each(["cpu = 100\n  memory = 64", "cores = 1\n  memory = 64", "cpu = var.cpu\n  memory = 64"])(
    "passes %j",
    async (inner) => {
      expect(tasksWithoutResources(await jobOf(task(`resources {\n  ${inner}\n}`)), strict)).toEqual([]);
    },
  );
});

describe("service-checks", () => {
  const check = 'check {\n  type = "tcp"\n}';

  test("finds services of groups and of tasks that nobody checks", async () => {
    const group = `service {\n  name = "a"\n}\nservice {\n  name = "b"\n  ${check}\n}\n${task('service {\n  name = "c"\n}')}`;
    expect(servicesWithoutChecks(await jobOf(group), strict)).toEqual([
      "Service a of web/g has no check: it gets traffic whether it answers or not. Add a check block.",
      "Service c of web/g/t has no check: it gets traffic whether it answers or not. Add a check block.",
    ]);
    expect(servicesWithoutChecks(await jobOf(group), allowing("a", "web/g/t"))).toEqual([]);
  });

  test("finds one without a name, too", async () => {
    expect(servicesWithoutChecks(await jobOf("service {}"), strict)).toEqual([expect.stringContaining("(unnamed)")]);
  });
});

describe("readable-jobs", () => {
  test.each([
    ['job "web" {', /Job web cannot be judged: job web:/],
    ['job "a" {\n}\njob "b" {\n}', /expected exactly one job block/],
  ])("tells what is wrong with %j", async (jobspec, message) => {
    const job = resource(resourceTokens.job, "web", "hashistack:jobs:JobSet", { props: { jobspec } });
    expect(await readableJobs.check(job, strict)).toEqual([expect.stringMatching(message)]);
  });

  test("refuses JSON, which Nomad would take", async () => {
    const job = resource(resourceTokens.job, "web", "hashistack:jobs:JobSet", { props: { jobspec: "{}", json: true } });
    expect(await readableJobs.check(job, strict)).toEqual([expect.stringContaining("write it in HCL")]);
  });

  test("lets Fabio's own job pass, which this program renders", async () => {
    const job = resource(resourceTokens.job, "fabio", tokens.fabioJob, { props: { jobspec: "{}", json: true } });
    expect(await readableJobs.check(job, strict)).toEqual([]);
  });

  test("says nothing of a job whose text is not known yet", async () => {
    const job = resource(resourceTokens.job, "web", "hashistack:jobs:JobSet", { props: { jobspec: undefined } });
    for (const each of checks) {
      expect("check" in each ? await each.check(job, strict) : []).toEqual([]);
    }
  });
});

test("a task that stands outside a group is found", async () => {
  const job = resource(resourceTokens.job, "alone", "hashistack:jobs:JobSet", {
    props: { jobspec: 'job "alone" {\n  task "t" {\n    driver = "raw_exec"\n  }\n}' },
  });
  const found = await Promise.all(checks.map((each) => ("check" in each ? each.check(job, strict) : [])));
  expect(found.flat()).toEqual([
    expect.stringContaining("Task alone/t/t uses the driver raw_exec"),
    expect.stringContaining("Task alone/t/t does not say what it needs"),
  ]);
});

test.each(["dev", "locked", "prod"])(
  "the jobs of stack %s pass, with the allowances that are written down",
  async (stack) => {
    const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8"));
    const chosen = config["hashistack:jobs"] as Record<string, { vars?: Record<string, unknown> }>;
    const sources = await readJobSources(join(root, "jobs"));
    for (const [name, { vars = {} }] of Object.entries(chosen)) {
      const jobspec = sources.find((source) => source.name === name)?.text;
      const texts = Object.fromEntries(Object.entries(vars).map(([key, value]) => [key, String(value)]));
      const job = resource(resourceTokens.job, name, "hashistack:jobs:JobSet", {
        props: { jobspec, hcl2: { vars: texts } },
      });
      for (const each of checks) {
        const allow = allowances[each.name] ?? [];
        expect({ name: each.name, found: "check" in each ? await each.check(job, { ...strict, allow }) : [] }).toEqual({
          name: each.name,
          found: [],
        });
      }
    }
  },
);

test("every allowance is of a policy that there is", () => {
  expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(allowances)));
});
