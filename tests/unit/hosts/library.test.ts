import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { library } from "../../../components/hosts/ubuntu/library";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "library-"));
  for (const name of ["state/agents", "software", "staging", "data"])
    mkdirSync(join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs bash with the library, its places in a folder of the test; `given` overrides what a real machine would answer. */
function run(script: string, input = "") {
  const given = `
    host=u1 cluster=prod agent=consul-server product=consul version=1.22.7 unit=consul.service user=consul durable=yes
    source=zip signed=no releases=https://releases.example
    declare -A pinned=()
    state=${folder}/state software=${folder}/software staging=${folder}/staging program=/nowhere/consul
    data() { echo ${folder}/data; }
    dpkg() { if [ "$1" = --print-architecture ]; then echo amd64; else command dpkg "$@"; fi; }
  `;
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["-c", `set -euo pipefail\n${library().text}\n${given}\n${script}`],
    {
      input,
      encoding: "utf8",
    },
  );
  return { status, stdout, stderr };
}

function refusal(script: string, input = ""): string {
  const { status, stderr } = run(script, input);
  expect(status).toBe(1);
  return stderr;
}

const file = (name: string) => join(folder, name);

describe("refuses, with the host's name and what to do,", () => {
  test("a machine of another cluster", () => {
    writeFileSync(file("state/cluster"), "blue\n");
    expect(refusal("refuse_other_cluster")).toBe(
      `host u1: this machine belongs to the cluster "blue", not to "prod" (says ${folder}/state/cluster). Destroy that ` +
        `cluster's stack first; if it is gone for good, remove ${folder}/state on this machine.\n`,
    );
  });

  test("a machine that is another host already", () => {
    writeFileSync(file("state/cluster"), "prod\n");
    writeFileSync(file("state/host"), "u2\n");
    expect(refusal("refuse_other_cluster")).toContain(
      'host u1: this machine is already the host "u2" of the cluster "prod"',
    );
  });

  test("data of nobody knows whom", () => {
    writeFileSync(file("data/raft.db"), "");
    expect(refusal("refuse_foreign_data")).toBe(
      `host u1: ${folder}/data holds data that hashistack did not put there, perhaps of another cluster. Move it away or ` +
        "remove it on this machine, then run pulumi up again.\n",
    );
  });

  test("data of another cluster", () => {
    writeFileSync(file("data/.hashistack"), "cluster=blue\nversion=1.22.7\n");
    expect(refusal("refuse_foreign_data")).toContain(`${folder}/data holds data of the cluster "blue", not of "prod".`);
  });

  test.each(["1.22.8", "1.22.10", "2.0.0", "1.23.0-rc1"])("data of the later version %s", (version) => {
    writeFileSync(file("data/.hashistack"), `cluster=prod\nversion=${version}\n`);
    expect(refusal("refuse_downgrade")).toContain(
      `host u1: ${folder}/data was written by consul ${version}; consul 1.22.7 may not read it`,
    );
  });

  test("a full disk", () => {
    expect(refusal("df() { printf 'Avail\\n  12\\n'; }; require_space /opt/hashistack")).toBe(
      "host u1: only 12 MiB are free where / lies; 500 MiB are needed. Make room and run pulumi up again; nothing was changed.\n".replace(
        "where / ",
        "where /opt ",
      ),
    );
  });

  test("an architecture for which there are no releases", () => {
    const machine = "dpkg() { echo s390x; }; systemctl() { echo 'systemd 255 (255.4)'; }; systemd_runs() { :; }";
    expect(refusal(`${machine}; refuse_other_system`)).toContain("host u1: the architecture is s390x;");
  });

  test("a systemd that is too old, and a machine without one", () => {
    const old = "systemctl() { echo 'systemd 245 (245.4-4ubuntu3)'; }; systemd_runs() { :; }";
    expect(refusal(`${old}; refuse_other_system`)).toContain("host u1: systemd 245 is too old");
    expect(refusal("systemd_runs() { return 1; }; refuse_other_system")).toContain(
      "host u1: systemd does not run here",
    );
  });

  test("an archive with another sum than the mirror's list or the stack has", () => {
    const text = refusal(
      "archive=https://releases.example/x.zip; check_sum aa bb 'https://releases.example/SUMS says'",
    );
    expect(text).toContain(
      "https://releases.example/x.zip has the SHA-256 sum aa, but https://releases.example/SUMS says bb",
    );
    expect(text).toContain("Nothing of it was installed.");
  });

  test("an archive that the list does not name", () => {
    const list = `download() { echo "aa  other.zip" >"$2"; }`;
    expect(refusal(`${list}; published_sum https://releases.example/SUMS x.zip`)).toContain(
      "https://releases.example/SUMS has no SHA-256 sum for x.zip",
    );
  });

  test("a download that fails, in the words of curl, and a disk that fills up meanwhile", () => {
    const failing = (code: number) => `curl() { echo 'curl: (${code}) no luck' >&2; return ${code}; }`;
    expect(refusal(`${failing(22)}; download https://releases.example/x ${folder}/x`)).toContain(
      "host u1: cannot download https://releases.example/x (curl: (22) no luck).",
    );
    expect(refusal(`${failing(23)}; download https://releases.example/x ${folder}/x`)).toBe(
      `host u1: cannot store https://releases.example/x: is the disk of ${folder} full?\n`,
    );
  });

  test("a version that no package repository has", () => {
    const machine = `
      refresh_lists() { :; }; dpkg-query() { return 1; }
      apt-cache() { printf 'consul | 1.22.6-1 | https://apt.example\\nconsul | 1.21.0-1 | https://apt.example\\n'; }`;
    expect(refusal(`${machine}; install_package`)).toContain(
      "host u1: the apt repositories of this machine have no consul 1.22.7; they have: 1.22.6-1 1.21.0-1.",
    );
  });

  test.each(["", "tls/key.pem dGhl\n", "tls/key.pem dG"])("input that ends before all files came: %j", (input) => {
    expect(refusal(`receive ${folder}/received`, input)).toMatch(/^host u1: .*nothing was changed/s);
  });

  test("a daemon.json that is none", () => {
    writeFileSync(file("daemon.json"), "{ not json");
    expect(
      refusal(
        `daemon_json=${folder}/daemon.json; jq() { echo 'parse error' >&2; return 2; }; set_mirrors http://m.example`,
      ),
    ).toContain(`host u1: ${folder}/daemon.json is no JSON, so mirrors cannot be added to it (parse error)`);
  });
});

describe("lets pass", () => {
  test.each(["1.22.7", "1.22.6", "1.22.7-rc1", "1.9.17"])("data of the version %s", (version) => {
    writeFileSync(file("data/.hashistack"), `cluster=prod\nversion=${version}\n`);
    expect(run("refuse_foreign_data; refuse_downgrade").status).toBe(0);
  });

  test("a machine and a data directory that nobody has used", () => {
    expect(run("refuse_other_cluster; refuse_foreign_data; refuse_downgrade").status).toBe(0);
  });
});

test("files arrive as they were sent, for their owner only", () => {
  const input = `a.json ${Buffer.from("ü\n").toString("base64")}\ntls/key.pem ${Buffer.from("k").toString("base64")}\nend\n`;
  const { stdout } = run(
    `receive ${folder}/received; stat -c '%a' ${folder}/received/a.json ${folder}/received/tls`,
    input,
  );
  expect(stdout).toBe("600\n700\n");
  expect(readFileSync(file("received/a.json"), "utf8")).toBe("ü\n");
  expect(readFileSync(file("received/tls/key.pem"), "utf8")).toBe("k");
});

test("of a list of sums, the line of exactly that file counts", () => {
  const list = `download() { printf 'aa  x.zip.sig\\nbb *x.zip\\ncc  y.zip\\n' >"$2"; }`;
  expect(run(`${list}; published_sum https://releases.example/SUMS x.zip`).stdout).toBe("bb");
});

test("what a program says is shown without the secrets that it was given", () => {
  mkdirSync(file("staging/secret"));
  writeFileSync(file("staging/secret/a.json"), '{ "encrypt": "rRiv0xLzHgRfgWHHCYt1ekNvtlZuxqY9BTm9Z8ViYWk=", "n": 1 }');
  const { stdout } = run("redacted", "key rRiv0xLzHgRfgWHHCYt1ekNvtlZuxqY9BTm9Z8ViYWk= is bad, encrypt it\n");
  expect(stdout).toBe("key [secret] is bad, encrypt it\n");
});

test("versions that no agent uses go, those of others stay", () => {
  for (const name of ["consul/1.22.6", "consul/1.22.7", "consul/1.21.0"]) {
    mkdirSync(file(`software/${name}`), { recursive: true });
  }
  for (const [agent, text] of [
    ["consul-server", "consul 1.22.6\nconsul 1.22.7\n"],
    ["other", "consul 1.21.0\n"],
  ]) {
    mkdirSync(file(`state/agents/${agent}`));
    writeFileSync(file(`state/agents/${agent}/software`), text as string);
  }
  expect(run(`prune_software; ls ${folder}/software/consul`).stdout).toBe("1.21.0\n1.22.7\n");
});

describe("mirrors of a Docker engine", () => {
  const set = (mirrors: string) => run(`daemon_json=${folder}/daemon.json; set_mirrors ${mirrors}`);
  const text = () => readFileSync(file("daemon.json"), "utf8");

  test("make a file of their own where there is none, and leave with it", () => {
    set("http://a.example http://b.example");
    expect(JSON.parse(text())).toEqual({ "registry-mirrors": ["http://a.example", "http://b.example"] });
    set("http://b.example");
    expect(JSON.parse(text())).toEqual({ "registry-mirrors": ["http://b.example"] });
    set("");
    expect(() => text()).toThrow("ENOENT");
  });

  test("ask for a reload where they changed, and only there", () => {
    const asked = () => run(`cat ${folder}/state/docker-reload; rm -f ${folder}/state/docker-reload`).status === 0;
    set("http://a.example");
    expect(asked()).toBe(true);
    set("http://a.example");
    expect(asked()).toBe(false);
  });
});
