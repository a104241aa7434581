import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { ensurePlugins } from "../../../offline/plugins/install";
import { cliPlugins, type WantedPlugin } from "../../../offline/plugins/required";

const root = path.resolve(__dirname, "../../..");

export interface Result {
  readonly code: number | null;
  /** Both streams, as a person sees them. */
  readonly text: string;
}

export interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
}

/** A little program in a folder of its own, with a Pulumi home, a state and the real `pulumi` command. */
export class PulumiProject {
  /** Environment variables on top of ours. */
  environmentOverrides: NodeJS.ProcessEnv = {};

  private constructor(
    readonly folder: string,
    readonly home: string,
    private readonly pulumi: string,
  ) {}

  /** Installs stand-ins of the given plugins and starts an empty stack. */
  static async create(name: string, pulumi: string, plugins: readonly WantedPlugin[]): Promise<PulumiProject> {
    const folder = await mkdtemp(path.join(os.tmpdir(), `${name}-`));
    const project = new PulumiProject(folder, path.join(folder, "home"), pulumi);
    await ensurePlugins({
      home: project.home,
      report: () => undefined,
      plugins: [...plugins, ...cliPlugins()],
      download: async () => false,
    });
    await mkdir(path.join(folder, "state"));
    await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    await writeFile(path.join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
    await writeFile(
      path.join(folder, "Pulumi.yaml"),
      `name: ${name}\nruntime:\n  name: nodejs\n  options: { typescript: false }\n`,
    );
    await project.run(["stack", "init", "dev"]);
    return project;
  }

  /** Sets the program: JavaScript with `docker`, `pulumi` and `exports` in scope. */
  async program(body: string): Promise<void> {
    const head = 'const pulumi = require("@pulumi/pulumi");\nconst docker = require("@pulumi/docker");\n';
    await this.source(head + body);
  }

  /** Sets the program, whole: JavaScript. */
  async source(text: string): Promise<void> {
    await writeFile(path.join(this.folder, "index.js"), text);
  }

  /** Runs `pulumi` and fails the test, with what it said, where it fails. */
  async run(args: readonly string[]): Promise<string> {
    const { code, text } = await this.attempt(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${text}`);
    return text;
  }

  async attempt(args: readonly string[], options: { readonly signal?: AbortSignal } = {}): Promise<Result> {
    // In a group of its own: a kill reaches the plugins too.
    const child = spawn(this.pulumi, [...args, "--non-interactive", "--cwd", this.folder], {
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    options.signal?.addEventListener("abort", () => process.kill(-(child.pid as number), "SIGKILL"), { once: true });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code, text: Buffer.concat(chunks).toString() };
  }

  /** The resources of the state, by the last part of their URN. */
  async state(): Promise<Record<string, Resource>> {
    const file = path.join(this.folder, "export.json");
    await this.run(["stack", "export", "--show-secrets", "--file", file]);
    const { deployment } = JSON.parse(await readFile(file, "utf8")) as { deployment: { resources?: Resource[] } };
    return Object.fromEntries((deployment.resources ?? []).map((r) => [r.urn.split("::").at(-1) as string, r]));
  }

  /** Destroys what is left and removes the folder. */
  async dispose(): Promise<void> {
    await this.attempt(["cancel", "--yes"]);
    await this.attempt(["destroy", "--yes", "--skip-preview"]);
    await rm(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PULUMI_HOME: this.home,
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...this.environmentOverrides,
    };
  }
}
