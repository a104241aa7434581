import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { run } from "../../offline/command";

const project = resolve(__dirname, "../..");

export interface Ran {
  readonly code: number;
  /** Standard output and error, as a person sees them. */
  readonly output: string;
}

/**
 * A copy of this project's files with a cluster name of its own: tests may edit it, and what they start is told apart
 * from anything that a person runs from the checkout itself.
 */
export class Checkout {
  private constructor(readonly root: string) {}

  static async create(clusterName: string, hostName: string): Promise<Checkout> {
    const root = await mkdtemp(join(tmpdir(), "hashistack-e2e-"));
    const files = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: project });
    for (const file of files.split("\n").filter(Boolean)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      // With its times: make must not take the installed packages for out of date.
      await cp(join(project, file), join(root, file), { preserveTimestamps: true });
    }
    await symlink(join(project, "node_modules"), join(root, "node_modules"));
    const checkout = new Checkout(root);
    await checkout.edit("Pulumi.dev.yaml", "name: hashistack", `name: ${clusterName}`);
    await checkout.edit("Pulumi.dev.yaml", "- name: sandbox", `- name: ${hostName}`);
    return checkout;
  }

  /** Replaces a text that must stand in a file once. */
  async edit(file: string, from: string, to: string): Promise<void> {
    const path = join(this.root, file);
    const text = await readFile(path, "utf8");
    if (text.split(from).length !== 2) {
      throw new Error(`${file} holds ${JSON.stringify(from)} ${text.split(from).length - 1} times, expected once`);
    }
    await writeFile(path, text.replace(from, to));
  }

  /** Runs a command line in the copy. `signal` kills it, with all that it started. */
  async sh(line: string, options: { killWhen?: (output: string) => boolean } = {}): Promise<Ran> {
    // A person does not type from inside a make, where make would print its folders among what `make env` prints.
    const { MAKEFLAGS: _flags, MAKELEVEL: _level, MFLAGS: _old, ...env } = process.env;
    const child = spawn("bash", ["-c", line], {
      cwd: this.root,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      if (process.env.CI || process.env.E2E_VERBOSE) {
        process.stderr.write(chunk);
      }
      if (options.killWhen?.(output) && child.pid) {
        process.kill(-child.pid, "SIGKILL");
      }
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const code = await new Promise<number>((done, failed) => {
      child.on("error", failed);
      child.on("close", (ended) => done(ended ?? 137));
    });
    return { code, output };
  }

  /** Runs a make target, which must succeed. */
  async make(target: string): Promise<string> {
    const { code, output } = await this.sh(`make ${target}`);
    if (code !== 0) {
      throw new Error(`make ${target} ended with ${code}:\n${output.split("\n").slice(-60).join("\n")}`);
    }
    return output;
  }

  /** Lets the copy use the keys of this project's own lab. */
  async useLab(): Promise<void> {
    await mkdir(join(this.root, ".hashistack"), { recursive: true });
    await symlink(join(project, ".hashistack/lab"), join(this.root, ".hashistack/lab"));
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
