import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRoot } from "../../../components/hosts/ubuntu/script";

/** How the machine's sudo feels about the user. */
type Mood = "trusts" | "asks" | "asks, but not for bash" | "is missing";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sudo-"));
  program("id", 'echo "${FAKE_UID:-1000}"');
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/bash\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Answers as sudo does: -n never asks, -S reads a line for each of up to three tries. */
const sudo = (mood: Mood) => `
n= s=
while [[ "$1" == -* ]]; do
  case "$1" in -n) n=1 ;; -S) s=1 ;; -p) shift ;; esac
  shift
done
mood='${mood}'
[[ "$mood" != 'asks, but not for bash' || "$1" != timeout ]] || mood=trusts
[[ "$mood" != trusts ]] || exec "$@"
[[ -z "$n" ]] || { echo 'sudo: a password is required' >&2; exit 1; }
for try in 1 2 3; do
  IFS= read -r line || break
  [[ "$line" != 'pass word' ]] || exec "$@"
  echo 'Sorry, try again.' >&2
done
exit 1`;

function run(
  mood: Mood,
  options: { readonly password?: string; readonly script?: string; readonly root?: boolean } = {},
) {
  if (mood !== "is missing") program("sudo", sudo(mood));
  const { password, script = 'cat; echo "script $0 ran" >&2\n' } = options;
  const command = asRoot({ host: "u1", user: "ops", password: password !== undefined, limitSeconds: 2 }, script);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    input: `${password === undefined ? "" : `${password}\n`}echo oops\nend\n`,
    encoding: "utf8",
    env: {
      // Without a sudo of this machine's own.
      PATH: mood === "is missing" ? folder : `${folder}:${process.env.PATH}`,
      FAKE_UID: options.root ? "0" : "1000",
    },
  });
  return { status, stdout, stderr };
}

const ran = { status: 0, stdout: "echo oops\nend\n", stderr: "script /bin/bash ran\n" };

test.each<[Mood, string | undefined]>([
  ["trusts", undefined],
  ["trusts", "pass word"],
  ["asks", "pass word"],
  ["asks, but not for bash", "pass word"],
])("where sudo %s, with the password %j, the script runs and gets what follows it as input", (mood, password) => {
  expect(run(mood, { password })).toEqual(ran);
});

test("root needs no sudo", () => {
  expect(run("asks", { root: true })).toEqual(ran);
});

test("what a script leaves of its input is not run", () => {
  expect(run("trusts", { script: "true\n" })).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(run("asks, but not for bash", { script: "false\n", password: "echo pass" }).stdout).toBe("");
});

test("a script that has not arrived whole does nothing", () => {
  const command = asRoot({ host: "u1", user: "ops", password: false, limitSeconds: 2 }, "echo started\necho done\n");
  const text = /'END'\n([\s\S]*?)END\n/.exec(command)?.[1] ?? "";
  expect(spawnSync("bash", ["-s"], { input: text, encoding: "utf8" }).stdout).toBe("started\ndone\n");
  for (const end of [text.indexOf("echo done"), text.length - 3]) {
    expect(spawnSync("bash", ["-s"], { input: text.slice(0, end), encoding: "utf8" }).stdout).toBe("");
  }
});

test("a script's failure is the command's", () => {
  expect(run("trusts", { script: "exit 7\n" }).status).toBe(7);
  expect(run("trusts", { script: "set -e\nfalse\n" }).status).toBe(1);
});

test("a wrong password is said to be wrong, and the script is not taken for more of them", () => {
  expect(run("asks", { password: "guess" })).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "host u1: sudo does not take the password that the stack has for user ops (Sorry, try again.): correct the sudo password of this host.\n",
  });
});

test("a password that is needed and not given is asked of the stack", () => {
  const { status, stderr } = run("asks");
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^host u1: user ops cannot become root without a password \(sudo: a password is required\): give the stack/,
  );
});

test("a script that takes too long is stopped, and that is said", () => {
  const { status, stderr } = run("trusts", { script: "sleep 30\n" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^host u1: not done within 2 seconds, stopped\./m);
});
