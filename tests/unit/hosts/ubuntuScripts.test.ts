import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentSpec } from "../../../components/hosts/host";
import { type AgentHost, renderAgentCreate, renderAgentDelete } from "../../../components/hosts/ubuntu/agent";
import { library, libraryScripts } from "../../../components/hosts/ubuntu/library";
import { dearmor } from "../../../components/hosts/ubuntu/openPgp";
import { libraryFiles, renderPrepare, renderRelease } from "../../../components/hosts/ubuntu/prepare";
import { asRoot, renderStdin } from "../../../components/hosts/ubuntu/script";
import { consul, hostOf, nomadClient, signingKey } from "./agents";

const scripts = join(__dirname, "../../../components/hosts/ubuntu/scripts");

/** The script that stands in a command for the login shell. */
function inner(command: string): string {
  const found = /^script\(\) \{ cat <<'(END\w*)'\n([\s\S]*?)\n\1\n/.exec(command);
  if (found?.[2] === undefined) throw new Error(`no script in\n${command}`);
  return found[2];
}

function assertSyntax(shell: string, script: string): void {
  execFileSync(shell, ["-n"], { input: script });
}

test("every script of the folder is used, and is bash", () => {
  expect(readdirSync(scripts).sort()).toEqual([...libraryScripts, "asRoot"].map((name) => `${name}.sh`).sort());
  assertSyntax("bash", library().text);
});

const commands: [string, (agent: AgentSpec, host: AgentHost) => string][] = [
  ["prepare", (_, host) => renderPrepare(host)],
  ["release", (_, host) => renderRelease(host)],
  ["create", renderAgentCreate],
  ["delete", renderAgentDelete],
];

describe.each(commands)("the command for %s", (_name, render) => {
  test.each([consul, nomadClient])("is one that a plain shell reads, around one for bash", (agent) => {
    const command = render(agent, hostOf({ docker: true, registryMirrors: ["http://mirror.example:5000"] }));
    assertSyntax("sh", command);
    assertSyntax("bash", inner(command));
  });
});

test("an agent's command is short, since errors repeat it, and so is the state", () => {
  expect(renderAgentCreate(consul, hostOf()).length).toBeLessThan(4_000);
  expect(renderAgentDelete(consul, hostOf()).length).toBeLessThan(2_000);
  expect(renderStdin(undefined, libraryFiles()).length).toBeLessThan(20_000);
});

test("an agent's command names what is installed and how it is started", () => {
  const script = inner(renderAgentCreate(consul, hostOf()));
  expect(script).toContain("program='/opt/hashistack/consul/1.22.7/consul'\n");
  expect(script).toContain("validation=('validate' '/etc/consul-server.d')\n");
  expect(script).toContain("ExecStart=/opt/hashistack/consul/1.22.7/consul agent -config-dir=/etc/consul-server.d\n");
  expect(script).toContain("user='consul'\n");
  expect(script).toContain("unit='consul.service'\n");
});

test("only those pinned sums travel that the agent's archive may have", () => {
  const pinned = {
    "consul_1.22.7_linux_amd64.zip": "aa",
    "consul_1.22.7_linux_arm64.zip": "bb",
    "consul_1.22.6_linux_amd64.zip": "cc",
    "nomad_1.11.3_linux_amd64.zip": "dd",
  };
  expect(inner(renderAgentCreate(consul, hostOf({}, { pinned })))).toContain(
    "declare -A pinned=(['consul_1.22.7_linux_amd64.zip']='aa' ['consul_1.22.7_linux_arm64.zip']='bb')\n",
  );
});

test("packages come from where packages are, Fabio from its releases all the same", () => {
  const host = hostOf({}, { source: "apt", signingKey });
  expect(inner(renderAgentCreate(consul, host))).toContain("program='/usr/bin/consul'\n");
  const fabio = inner(renderAgentCreate({ ...consul, name: "fabio", product: "fabio", version: "1.7.2" }, host));
  expect(fabio).toContain("program='/opt/hashistack/fabio/1.7.2/fabio'\n");
  expect(fabio).toContain("source='zip'\n");
  expect(fabio).toContain("releases='https://fabio.example'\n");
  // The key is HashiCorp's.
  expect(fabio).toContain("signed=no\n");
});

test("packages without a key to trust them by are refused", () => {
  expect(() => renderPrepare(hostOf({}, { source: "apt" }))).toThrow(
    'host u1: the source "apt" needs the repository\'s signing key',
  );
});

test("a command that no SSH server could take is refused with the host's name", () => {
  const long: AgentSpec = { ...consul, files: [{ name: "consul.json", content: () => "x".repeat(130_000) }] };
  expect(() => renderAgentCreate(long, hostOf())).toThrow(/^host u1: a script of 13\d{4} bytes cannot be run over SSH/);
});

describe("standard input", () => {
  test("is the password, then the files, each a line, then a word that says that nothing is missing", () => {
    expect(renderStdin("p w", [{ name: "tls/key.pem", content: "ü\n" }])).toBe("p w\ntls/key.pem w7wK\nend\n");
    expect(renderStdin(undefined, [])).toBe("end\n");
  });

  test.each(["../shadow", "/etc/shadow", "a b", "a/../b", "", "end", "a//b", "./a"])("refuses the name %j", (name) => {
    expect(() => renderStdin(undefined, [{ name, content: "" }])).toThrow(
      `"${name}" cannot be the name of an agent's file`,
    );
  });
});

describe("an armoured key", () => {
  test("is turned into the bytes that gpgv reads", () => {
    expect(dearmor(signingKey)).toBe("mDMEZ0000000");
    expect(dearmor(signingKey.replace("-----\n", "-----\nVersion: GnuPG v2\n\n"))).toBe("mDMEZ0000000");
  });

  test.each(["", "ssh-ed25519 AAAA", signingKey.replace("mDME", "AAAA"), signingKey.replaceAll("PUBLIC", "PRIVATE")])(
    "is refused where it is none: %j",
    (text) => {
      expect(() => dearmor(text)).toThrow("the signing key is no armoured OpenPGP public key");
    },
  );
});

test("the settings of the login shell's part are quoted too", () => {
  const command = asRoot({ host: "u'1", user: "o'ps", password: false, limitSeconds: 5 }, "true\n");
  assertSyntax("sh", command);
  expect(command).toContain("host='u'\\''1'\nuser='o'\\''ps'\npassword=no\nlimit='5'\n");
});
