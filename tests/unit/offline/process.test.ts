import { spawn } from "node:child_process";
import { once } from "node:events";
import { isAlive } from "../../../offline/process";

test("a process is alive until it has ended", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const pid = child.pid as number;
  expect(isAlive(pid)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(pid)).toBe(false);
});

test("one that has ended and whose parent does not notice is not alive", async () => {
  // The shell becomes a program that never asks after its child, and has become it when the child ends.
  const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"]);
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    const until = Date.now() + 5000;
    while (isAlive(pid) && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(isAlive(pid)).toBe(false);
    // The kernel still knows it: that alone would say that it is there.
    expect(() => process.kill(pid, 0)).not.toThrow();
  } finally {
    parent.kill("SIGKILL");
  }
});
