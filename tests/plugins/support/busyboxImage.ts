import { execFile } from "node:child_process";
import { access, copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = path.resolve(__dirname, "../../../.hashistack/test/busybox");

/** A tiny image with a shell, made from Debian's busybox-static, as no registry may be within reach. */
export async function busyboxImage(reference: string): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-busybox-"));
  try {
    await mkdir(path.join(folder, "root/bin"), { recursive: true });
    await copyFile(await busybox(), path.join(folder, "root/bin/busybox"));
    for (const name of ["sh", "sleep", "cat", "echo", "test", "kill", "ls"]) {
      await run("ln", ["-s", "busybox", path.join(folder, "root/bin", name)]);
    }
    const archive = path.join(folder, "root.tar");
    await run("tar", ["-C", path.join(folder, "root"), "-cf", archive, "."]);
    await run("docker", ["import", "-c", 'CMD ["sleep","1000"]', archive, reference]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function busybox(): Promise<string> {
  try {
    await access(cache);
    return cache;
  } catch {
    // Not there yet.
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-busybox-"));
  try {
    const download = () =>
      run("apt-get", ["download", "-o", "APT::Sandbox::User=root", "busybox-static"], { cwd: folder });
    await download().catch(async () => {
      await run("apt-get", ["update"]);
      await download();
    });
    const [file] = await readdir(folder);
    await run("dpkg", ["-x", path.join(folder, file as string), path.join(folder, "x")]);
    await mkdir(path.dirname(cache), { recursive: true });
    await copyFile(path.join(folder, "x/bin/busybox"), `${cache}.${process.pid}`);
    await rename(`${cache}.${process.pid}`, cache);
    return cache;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
