import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ensurePlugins } from "../../offline/plugins/install";
import { cliPlugins, executableName, folderName, wantedResources } from "../../offline/plugins/required";
import { readViolations, withViolations } from "../../tasks/report/violations";
import { Checkout, type Ran } from "../e2e/checkout";
import type { Edit, Scenario } from "./scenarios";
import { worldVariable } from "./tied";

const project = resolve(__dirname, "../..");

/** The stack of the previews, and its file. */
export const stack = "prod";
const stackFile = `Pulumi.${stack}.yaml`;

/** A copy of this project whose Pulumi only pretends to reach machines: {@link tied}. */
export class Workshop {
  private constructor(
    readonly checkout: Checkout,
    private readonly folder: string,
    private readonly pulumi: string,
  ) {}

  static async create(pulumi: string): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), "hashistack-previews-"));
    const checkout = await Checkout.create("previews", "sandbox");
    const workshop = new Workshop(checkout, folder, pulumi);
    await cp(join(project, "tests/stack/fixtures", stackFile), join(checkout.root, stackFile));
    await mkdir(join(checkout.root, ".hashistack/state"), { recursive: true });
    await writeFile(join(checkout.root, ".hashistack/passphrase"), "previews\n", { mode: 0o600 });
    await installTied(join(checkout.root, ".hashistack/pulumi"), pulumi);
    await mkdir(join(folder, "bin"));
    // Hooks ask engines for what a killed run left: nothing is there.
    for (const program of ["docker", "ssh"]) {
      await writeFile(join(folder, "bin", program), "#!/bin/sh\nexit 0\n");
      await chmod(join(folder, "bin", program), 0o755);
    }
    await workshop.must(`stack init ${stack} --secrets-provider passphrase`);
    return workshop;
  }

  /** Pretends to bring the stack up. */
  async up(edits: readonly Edit[] = []): Promise<void> {
    await this.edited(edits, () => this.must(`up --yes --skip-preview --stack ${stack}`));
  }

  /** What `pulumi preview --json` says of a change; without what differs from one run to the next. */
  async preview({ before = [], edits = [], flags = [], policies = false, world }: Scenario): Promise<string> {
    const found = join(this.folder, "world.json");
    await writeFile(found, JSON.stringify(world ?? {}));
    const out = join(this.folder, "preview.json");
    const log = join(this.folder, "events");
    const judged = policies ? ["--policy-pack", "policy", "--event-log", log] : [];
    const all = [...flags, ...judged, ...(world ? ["--refresh"] : [])].join(" ");
    await this.edited([...before, ...edits], () =>
      this.run(`preview --json ${all} --stack ${stack} > ${out} 2> ${out}.err`, {
        [worldVariable]: found,
        PULUMI_DEBUG_COMMANDS: "true",
      }),
    );
    const text = await readFile(out, "utf8");
    if (!text.trimStart().startsWith("{")) {
      throw new Error(`pulumi preview gave no JSON:\n${text}\n${await readFile(`${out}.err`, "utf8")}`);
    }
    const kept = policies ? withViolations(text, readViolations(await readFile(log, "utf8"))) : text;
    return lasting(kept).replaceAll(this.checkout.root, "/project");
  }

  /** Does something with the checkout edited, which is then as it was before. */
  async edited<T>(edits: readonly Edit[], work: () => Promise<T>): Promise<T> {
    const kept = new Map<string, string>();
    try {
      for (const { file, from, to } of edits) {
        const path = join(this.checkout.root, file);
        kept.set(path, kept.get(path) ?? (await readFile(path, "utf8")));
        await this.checkout.edit(file, from, to);
      }
      return await work();
    } finally {
      for (const [path, text] of kept) {
        await writeFile(path, text);
      }
    }
  }

  async remove(): Promise<void> {
    await this.checkout.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async must(line: string): Promise<void> {
    const { code, output } = await this.run(line);
    if (code !== 0) {
      throw new Error(`pulumi ${line} ended with ${code}:\n${output}`);
    }
  }

  private run(line: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.sh(`'${this.pulumi}' --non-interactive ${line}`, more);
  }

  /** Runs a command line in the checkout, where engines and machines are as good as there. */
  sh(line: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const local = join(this.checkout.root, ".hashistack");
    const environment = {
      PULUMI_HOME: join(local, "pulumi"),
      PULUMI_BACKEND_URL: `file://${join(local, "state")}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(local, "passphrase"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PATH: `${join(this.folder, "bin")}:${process.env.PATH}`,
      ...more,
    };
    const exports = Object.entries(environment).map(([key, value]) => `export ${key}='${value}'; `);
    return this.checkout.sh(exports.join("") + line);
  }
}

/** A preview's text without what differs from one run, or one machine, to the next: times, and places in sources. */
function lasting(text: string): string {
  const passing = new Set(["duration", "sourcePosition", "stackTrace"]);
  return `${JSON.stringify(
    JSON.parse(text, (key, value) => (passing.has(key) ? undefined : value)),
    null,
    1,
  )}\n`;
}

async function installTied(home: string, pulumi: string): Promise<void> {
  await ensurePlugins({ home, report: () => undefined, plugins: cliPlugins(), download: async () => false, pulumi });
  const { build } = await import("esbuild");
  for (const plugin of wantedResources(project)) {
    const folder = join(home, "plugins", folderName(plugin));
    await mkdir(folder, { recursive: true });
    const file = join(folder, executableName(plugin));
    const source = `import { serve } from "./offline/plugins/kit"; import { tied } from "./tests/previews/tied";
      import { ${plugin.name} } from "./offline/plugins/${plugin.name}/package"; serve(tied(${plugin.name}));`;
    await build({
      stdin: { contents: source, resolveDir: project, loader: "ts" },
      outfile: file,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      external: ["*.node", "cpu-features"],
      define: { __PLUGIN_VERSION__: JSON.stringify(plugin.version) },
      banner: { js: "#!/usr/bin/env node" },
      logLevel: "error",
    });
    await chmod(file, 0o755);
  }
}
