import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "../../../components/api/request";
import { ensureTool, pinnedVersion } from "../../../offline/toolchain";
import { inventoryOf } from "../lab";
import { eventually, type LabCluster, place, say } from "./labCluster";

const minute = 60_000;

/** Reads its secret, and another job's. */
const job = `job "vaulted" {
  type = "batch"
  group "vaulted" {
    task "vaulted" {
      driver = "exec"
      vault {}
      config {
        command = "/bin/sleep"
        args    = ["600"]
      }
      template {
        data        = "motto={{ with secret \\"secret/data/default/vaulted/config\\" }}{{ .Data.data.motto }}{{ end }}"
        destination = "local/motto"
      }
    }
  }
}`;

/** A Vault of this machine's own, in HTTPS, that forgets everything when it ends. */
class DevVault {
  private constructor(
    readonly url: string,
    readonly token: string,
    private readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(): Promise<DevVault> {
    const { path } = await ensureTool("vault", { report: say });
    const folder = await mkdtemp(join(tmpdir(), "hashistack-vault-"));
    const { gateway } = inventoryOf();
    const token = randomUUID();
    const child = spawn(
      path,
      [
        "server",
        "-dev-tls",
        `-dev-tls-cert-dir=${folder}`,
        `-dev-tls-san=${gateway}`,
        `-dev-listen-address=${gateway}:8200`,
        `-dev-root-token-id=${token}`,
        "-dev-no-store-token",
      ],
      { stdio: "ignore", env: { PATH: process.env.PATH, HOME: folder } },
    );
    const vault = new DevVault(`https://${gateway}:8200`, token, folder, child);
    await eventually(async () => {
      expect(await vault.ask("GET", "/v1/sys/health")).toMatchObject({ status: 200 });
    });
    return vault;
  }

  get authority(): string {
    return join(this.folder, "vault-ca.pem");
  }

  async ask(method: string, path: string, body?: unknown, token = this.token) {
    return ask(`${this.url}${path}`, {
      method,
      body,
      ca: await readFile(this.authority, "utf8"),
      headers: { "x-vault-token": token },
      timeoutMs: 5000,
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGKILL");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Jobs that read their secrets from a Vault, which is set up with Nomad's own command. */
export function testVault(of: () => LabCluster): void {
  let vault: DevVault;
  const setting = () => `  hashistack:vault:\n    address: ${vault.url}\n    caFile: ${vault.authority}\n`;
  /** What Nomad's clients say of the Vault that they have found. */
  const versionsFound = async () => {
    const { nomadToken } = of().outputs;
    const bodyOf = async (path: string) => ((await of().nomad(path, nomadToken)) as { body: unknown }).body;
    const ready = (await of().nodes()).filter(({ Status }) => Status === "ready");
    const found = await Promise.all(ready.map(({ ID }) => bodyOf(`/v1/node/${ID}`)));
    return found.flatMap((node) => (node as { Attributes: Record<string, string> }).Attributes["vault.version"] ?? []);
  };
  const readByTask = async (command: string) => {
    const { output } = await of().typed(`nomad alloc exec -job vaulted ${command} 2>&1`);
    return output;
  };

  beforeAll(async () => {
    vault = await DevVault.start();
  }, 20 * minute);

  afterAll(async () => {
    await of().typed("nomad job stop -purge -detach vaulted");
    await vault?.stop();
  }, minute);

  test(
    "is set up by one command, and found by every client",
    async () => {
      const { code, output } = await of().typed(
        `VAULT_ADDR=${vault.url} VAULT_CACERT=${vault.authority} VAULT_TOKEN=${vault.token} ` +
          'nomad setup vault -y -jwks-url "$NOMAD_ADDR/.well-known/jwks.json" -jwks-ca-file "$NOMAD_CACERT"',
      );
      expect({ code, output }).toMatchObject({ code: 0 });
      await of().edit(place, setting() + place);
      expect(await of().up()).toContain("Stack prod is up.");
      expect(await versionsFound()).toEqual(Array(3).fill(pinnedVersion("vault")));
    },
    5 * minute,
  );

  test("and a second run changes nothing", () => of().upWithoutChange(), 5 * minute);

  test(
    "a task reads its own secret, with a token of its own, and no other job's",
    async () => {
      const motto = { data: { motto: "keep calm" } };
      for (const owner of ["vaulted", "other"]) {
        expect(await vault.ask("POST", `/v1/secret/data/default/${owner}/config`, motto)).toMatchObject({
          status: 200,
        });
      }
      const registered = await of().typed(`nomad job run - <<'END'\n${job}\nEND`);
      expect(registered).toMatchObject({ code: 0 });
      await eventually(async () => expect(await readByTask("cat /local/motto")).toContain("motto=keep calm"));
      const token = (await readByTask("cat /secrets/vault_token")).trim();
      expect(token).toMatch(/^hvs\./);
      expect(token).not.toContain(vault.token);
      expect(await vault.ask("GET", "/v1/secret/data/default/vaulted/config", undefined, token)).toMatchObject({
        status: 200,
      });
      expect(await vault.ask("GET", "/v1/secret/data/default/other/config", undefined, token)).toMatchObject({
        status: 403,
      });
    },
    3 * minute,
  );

  test(
    "is told no more to any agent once the stack has none",
    async () => {
      await of().edit(setting() + place, place);
      await of().up();
      expect(await versionsFound()).toEqual([]);
    },
    5 * minute,
  );
}
