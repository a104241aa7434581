import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { run } from "../../offline/command";
import { parseOptions } from "../../offline/plugins/language/options";
import { Checkout } from "../e2e/checkout";
import { median } from "./median";
import { besidePreview, reporting } from "./report";
import { previewing } from "./scale";

const project = join(__dirname, "../..");
const page = "http://127.0.0.1:9999/";

/** A plain start takes 9 s or 30: whether Nomad looks at Consul before or after it has a leader is chance. */
const rounds = 3;

interface Figure {
  readonly name: string;
  readonly seconds: number;
}

/** Seconds until the page answers 200 through Fabio, from a moment that `performance.now()` gave. */
async function firstPage(start: number): Promise<number> {
  for (;;) {
    const answer = await fetch(page, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
    if (answer?.ok) {
      return (performance.now() - start) / 1000;
    }
    if (performance.now() - start > 300_000) {
      throw new Error(`${page} did not answer within 300 s`);
    }
    await sleep(50);
  }
}

/** Seconds to plan a stack of so many clients and to register it with a mocked engine, by the Node.js that runs programs. */
async function planning(clients: number): Promise<number> {
  const { runtime } = parse(await readFile(join(project, "Pulumi.yaml"), "utf8"));
  const { nodeArguments } = parseOptions(runtime.options);
  return Number(await run("node", [...nodeArguments, join(__dirname, "planning.ts"), String(clients)]));
}

async function timed(checkout: Checkout, line: string): Promise<number> {
  const start = performance.now();
  const { code, output } = await checkout.sh(line);
  if (code !== 0) {
    throw new Error(`${line} ended with ${code}:\n${output.split("\n").slice(-30).join("\n")}`);
  }
  return (performance.now() - start) / 1000;
}

/** `make up` with all tools and images present. */
async function measureStack(figures: Figure[]): Promise<void> {
  const checkout = await Checkout.create("hashistack-bench", "bench");
  try {
    await timed(checkout, "make images");
    await timed(checkout, "make preview");
    const start = performance.now();
    const [page200, end] = await Promise.all([firstPage(start), timed(checkout, "make up")]);
    figures.push({ name: "make up: first 200 through Fabio", seconds: page200 });
    figures.push({ name: "make up: end", seconds: end });
    figures.push({ name: "make up, nothing to do", seconds: await timed(checkout, "make up") });
    // As in a person's terminal, which has the variables already.
    await timed(checkout, "make env > .hashistack/environment");
    const plain = (command: string) => timed(checkout, `. .hashistack/environment && ${command}`);
    figures.push({ name: "pulumi up, nothing to do", seconds: await plain("pulumi up --yes --skip-preview") });
    figures.push({ name: "pulumi preview, nothing to do", seconds: await plain("pulumi preview") });
  } finally {
    await checkout.sh("make down");
    await checkout.sh("make clean");
    await checkout.remove();
  }
}

/** The same images started together by docker-compose, then `nomad job run` of the same job, tried until it is taken. */
async function measurePlainWay(figures: Figure[]): Promise<void> {
  const compose = await findCompose();
  const composeRun = (...args: string[]) =>
    run(compose[0] ?? "", [...compose.slice(1), "-f", join(__dirname, "compose.yaml"), ...args]);
  await run("docker", ["volume", "create", "hashistack-bench"]);
  try {
    const start = performance.now();
    const page200 = firstPage(start);
    page200.catch(() => undefined); // awaited below; a failure before that is told there
    await composeRun("up", "--detach");
    await registerNginx(start);
    figures.push({ name: "plain way: first 200 through Fabio", seconds: await page200 });
  } finally {
    await run("sh", ["-c", "docker exec hashistack-bench-nomad nomad job stop -purge -detach nginx; true"]);
    await composeRun("down", "--volumes");
    const tasks =
      'docker ps -aq --filter label=com.hashicorp.nomad.alloc_id --filter "name=^nginx-" | xargs -r docker rm -f';
    const mounts = "grep -o '/[^ ]*/hashistack-bench/[^ ]*' /proc/mounts | sort -r | xargs -r -n 1 umount";
    await run("sh", ["-c", `${tasks}; ${mounts}; docker volume rm hashistack-bench`]);
  }
}

async function registerNginx(start: number): Promise<void> {
  while (performance.now() - start < 120_000) {
    const code = await new Promise<number | null>((done) => {
      const input = `docker exec -i hashistack-bench-nomad nomad job run -detach - < ${join(project, "jobs/nginx.nomad.hcl")}`;
      spawn("sh", ["-c", input], { stdio: "ignore" }).on("close", done);
    });
    if (code === 0) {
      return;
    }
    await sleep(200);
  }
  throw new Error("Nomad took no job within 120 s");
}

/** What the report on a preview costs: needs no engine. */
async function measureReport(figures: Figure[]): Promise<void> {
  await reporting(10);
  figures.push({ name: "report on 1000 changed resources (aim: under 1 s)", seconds: await reporting(1000) });
  const { preview, report } = await besidePreview();
  figures.push({ name: "pulumi preview --json, one setting of 5 agents changed", seconds: preview });
  figures.push({ name: "npm run preview-report of the same", seconds: report });
  const percent = ((report - preview) / preview) * 100;
  console.log(`${percent.toFixed(0).padStart(8)} %  the report, on top of the preview's own time (aim: under 10)`);
}

function show(figures: readonly Figure[]): void {
  for (const { name, seconds } of figures) {
    console.log(`${seconds.toFixed(2).padStart(8)} s  ${name}`);
  }
}

async function findCompose(): Promise<string[]> {
  for (const command of [["docker", "compose"], ["docker-compose"]]) {
    try {
      await run(command[0] ?? "", [...command.slice(1), "version"]);
      return command;
    } catch {
      // the next one
    }
  }
  throw new Error("The plain way needs docker-compose. On Debian or Ubuntu: apt-get install docker-compose");
}

/** Planning a cluster of so many clients, and previewing its first deploy: neither needs an engine. */
async function measureScale(figures: Figure[]): Promise<void> {
  for (const clients of [10, 100, 1000]) {
    figures.push({ name: `planning and mocked registration, ${clients} clients`, seconds: await planning(clients) });
  }
  for (const clients of [10, 100, 1000]) {
    const { seconds, resources, megabytes } = await previewing(clients);
    figures.push({ name: `pulumi preview, ${clients} clients (${resources} resources, ${megabytes} MB)`, seconds });
  }
}

/** Both ways in turn, so that what else the machine does meets both. */
async function measureStarts(figures: Figure[]): Promise<void> {
  for (let round = 1; round <= rounds; round++) {
    console.log(`start ${round} of ${rounds}, both ways`);
    await measureStack(figures);
    await measurePlainWay(figures);
  }
  const of = (name: string) => median(figures.filter((figure) => figure.name === name).map(({ seconds }) => seconds));
  const ratio = of("make up: first 200 through Fabio") / of("plain way: first 200 through Fabio");
  console.log(
    `${ratio.toFixed(2).padStart(8)}    first 200, of the plain way's time, by their medians (aim: at most 0.40)`,
  );
}

const parts = { report: measureReport, scale: measureScale, starts: measureStarts };

async function main(): Promise<void> {
  const chosen = process.argv[2];
  if (chosen !== undefined && !(chosen in parts)) {
    throw new Error(`There is no part ${chosen}; expected one of ${Object.keys(parts).join(", ")}, or none for all.`);
  }
  for (const [name, measure] of Object.entries(parts)) {
    if (chosen === undefined || chosen === name) {
      const figures: Figure[] = [];
      await measure(figures);
      show(figures);
    }
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
