import { ask } from "../../../components/api/request";
import { asStranger, inventoryOf, onMachine } from "../lab";
import { knock, selfMade } from "./knock";
import { addressOf, type LabCluster } from "./labCluster";

const minute = 60_000;

/**
 * What is open to whoever holds no secret, by design: that there are a Consul and a Nomad, of which version and with
 * which leader, the keys that prove a task's identity, and the shells of the two web UIs, without any content.
 */
const open = {
  consul: ["/v1/status/leader", "/v1/status/peers", "/v1/agent/version", "/v1/catalog/datacenters", "/ui/"],
  nomad: ["/v1/status/leader", "/v1/status/peers", "/v1/regions", "/.well-known/jwks.json", "/ui/"],
} as const;

/** Consul lists nothing, rather than refuse a list. */
const emptyLists: Readonly<Record<string, unknown>> = {
  "/v1/catalog/nodes": [],
  "/v1/catalog/services": {},
  "/v1/health/state/any": [],
  "/v1/agent/members": [],
  "/v1/agent/services": {},
};

const refused = {
  consul: [
    "/v1/agent/self",
    "/v1/agent/metrics",
    "/v1/acl/tokens",
    "/v1/acl/policies",
    "/v1/kv/jobs/greeting",
    "/v1/operator/raft/configuration",
    "/v1/operator/keyring",
  ],
  nomad: [
    "/v1/jobs",
    "/v1/nodes",
    "/v1/allocations",
    "/v1/agent/self",
    "/v1/agent/members",
    "/v1/acl/tokens",
    "/v1/var/nomad/jobs/nginx",
    "/v1/operator/raft/configuration",
    "/v1/operator/snapshot",
    "/v1/operator/keyring/keys",
  ],
} as const;

/** Registers the tests of what whoever holds no secret can do: nothing. */
export function testAttacks(cluster: () => LabCluster): void {
  test.each(open.consul)("is told by Consul, as by design: %s", async (path) => {
    expect(await cluster().consul(path)).toMatchObject({ status: 200 });
  });

  test.each(open.nomad)("is told by Nomad, as by design: %s", async (path) => {
    expect(await cluster().nomad(path)).toMatchObject({ status: 200 });
  });

  test.each(Object.entries(emptyLists))("sees nothing in Consul's %s", async (path, body) => {
    expect(await cluster().consul(path)).toMatchObject({ status: 200, body });
  });

  test("sees none of Consul's keys", async () => {
    expect(await cluster().consul("/v1/kv/?recurse")).toMatchObject({ status: 404 });
  });

  test("sees none of Nomad's variables", async () => {
    expect(await cluster().nomad("/v1/vars")).toMatchObject({ status: 200, body: [] });
  });

  test.each(refused.consul)("is refused Consul's %s", async (path) => {
    expect(await cluster().consul(path)).toMatchObject({ status: 403 });
  });

  test.each(refused.nomad)("is refused Nomad's %s", async (path) => {
    expect(await cluster().nomad(path)).toMatchObject({ status: 403 });
  });

  test("is refused a snapshot of Consul, by a follower and by the leader in different words", async () => {
    // A leader hangs up on the follower that asked for somebody, which may tell of that alone.
    const refusal = /Permission denied|connection reset by peer|EOF/;
    for (const server of ["server-1", "server-2", "server-3"]) {
      const answer = await cluster().consul("/v1/snapshot", undefined, server);
      expect([403, 500]).toContain(answer.status);
      expect(answer).toMatchObject({ body: expect.stringMatching(refusal) });
    }
  });

  test("is refused with a token that is none", async () => {
    const token = "00000000-0000-0000-0000-000000000002";
    expect(await cluster().consul("/v1/catalog/nodes", token)).toMatchObject({ status: 403 });
    expect(await cluster().nomad("/v1/nodes", token)).toMatchObject({ status: 403 });
  });

  test("cannot bootstrap the ACLs of either once more", async () => {
    const question = { method: "POST", body: {}, ca: cluster().outputs.ca, timeoutMs: 5000 };
    expect(await ask(`https://${addressOf("server-1")}:4646/v1/acl/bootstrap`, question)).toMatchObject({
      status: 400,
      body: expect.stringContaining("already done"),
    });
    const put = { ...question, method: "PUT" };
    expect(await ask(`https://${addressOf("server-1")}:8501/v1/acl/bootstrap`, put)).toMatchObject({ status: 403 });
  });

  test("is not believed without the cluster's authority, and believes nobody else's", async () => {
    const { code, output } = await cluster().checkout.sh(
      `curl --silent --show-error --max-time 5 https://${addressOf("server-1")}:8501/v1/status/leader`,
    );
    expect({ code, output }).toMatchObject({ code: 60 });
  });

  test(
    "finds no plain-text port of an agent, no Docker port, and neither Fabio's UI nor its metrics",
    async () => {
      const ports = [8500, 8502, 8503, 8600, 2375, 2376, 9998, 9997];
      const closed = inventoryOf().machines.flatMap(({ address }) => ports.map((port) => `${address}/${port}`));
      // Ports that are open show that the way of looking can see one.
      const known = [`${addressOf("server-1")}/8501`, `${addressOf("client-1")}/9999`];
      const { stdout } = await asStranger(
        `for each in ${[...closed, ...known].join(" ")}; do timeout 2 bash -c "</dev/tcp/$each" 2>/dev/null && echo "$each"; done; true`,
      );
      expect(stdout.trim().split("\n")).toEqual(known);
    },
    3 * minute,
  );

  test.each([
    ["Consul", 8300, "consul-server", 3],
    ["Nomad", 4647, "nomad-server", 4],
  ] as const)(
    "is hung up on by %s's RPC port, with no certificate and with one that nobody issued",
    async (_product, port, agent, tlsByte) => {
      const read = async (file: string) =>
        (await onMachine("server-2", `sudo cat /etc/${agent}.d/tls/${file}.pem`)).stdout;
      const door = { host: addressOf("server-1"), port, tlsByte };
      // What an agent of the cluster shows opens the door: so the way of knocking is right.
      expect(await knock(door, { cert: await read("cert"), key: await read("key") })).toBe("open");
      expect(await knock(door, await selfMade())).toBe("closed");
      expect(await knock(door, {})).toBe("closed");
    },
    minute,
  );

  test(
    "cannot join an agent of its own, be it with a gossip key and a certificate that it made itself",
    async () => {
      const said = await Promise.all(rogues(addressOf("server-1")).map(({ commands }) => asStranger(commands)));
      for (const [index, { refusal }] of rogues("").entries()) {
        expect(said[index]?.stdout).toMatch(refusal);
      }
      const { consulToken, nomadToken } = cluster().outputs;
      const seen = JSON.stringify([
        await cluster().consul("/v1/agent/members", consulToken),
        await cluster().consul("/v1/catalog/nodes", consulToken),
        await cluster().nomad("/v1/nodes", nomadToken),
        await cluster().nomad("/v1/agent/members", nomadToken),
      ]);
      expect(seen).toContain("server-3");
      expect(seen).not.toContain("rogue");
    },
    2 * minute,
  );

  test(
    "cannot change a route: Fabio's UI is on loopback, and read-only there",
    async () => {
      const { stdout } = await onMachine(
        "client-1",
        `curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:9998/api/routes; for method in PUT POST; do curl -s -o /dev/null -w '%{http_code}\\n' -X $method -d '{"value":"route del service-nginx","version":"0"}' http://127.0.0.1:9998/api/manual; done`,
      );
      expect(stdout.trim().split("\n")).toEqual(["200", "403", "403"]);
    },
    minute,
  );
}

/** Registers the test that no secret lies about. */
export function testNothingShown(cluster: () => LabCluster): void {
  test(
    "secrets show in no argument, environment, log, container's settings or world-readable file, nor in what make up printed, nor in the state",
    async () => {
      const secrets = await cluster().secrets();
      expect(secrets.length).toBeGreaterThan(40);
      const plainState = (await cluster().typed("pulumi stack export")).output;
      const shown = (text: string) => secrets.filter((secret) => text.includes(secret)).length;
      expect({ printed: shown(cluster().output), state: shown(plainState) }).toEqual({ printed: 0, state: 0 });

      // The patterns come in a file that only root reads: as arguments they would find themselves.
      const inFiles = "xargs -0 --no-run-if-empty grep -alFf /run/sought 2>/dev/null";
      const look = `umask 077; cat >/run/sought
        cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -aqFf /run/sought && echo processes
        journalctl --no-pager --quiet 2>/dev/null | grep -aqFf /run/sought && echo journal
        for id in $(docker ps -aq 2>/dev/null); do
          docker inspect $id | grep -aqFf /run/sought && echo "settings of $id"
          docker logs $id 2>&1 | grep -aqFf /run/sought && echo "log of $id"
        done
        find / /var/lib/docker -xdev -type f -perm /007 -size -2048k -not -path '/proc/*' -not -path '/sys/*' -print0 2>/dev/null | ${inFiles}
        find / /var/lib/docker -xdev -type f -not -perm /007 -size -2048k -not -path '/run/*' -print0 2>/dev/null | ${inFiles} | sed 's/.*/found/' | sort -u
        rm -f /run/sought; true`;
      for (const { name } of inventoryOf().machines) {
        const { stdout } = await onMachine(name, `sudo sh -c "$(cat <<'END'\n${look}\nEND\n)"`, {
          input: secrets.join("\n"),
        });
        // "found": the way of looking finds what is there, the agents' own files.
        expect({ name, shown: [...new Set(stdout.trim().split("\n"))] }).toEqual({ name, shown: ["found"] });
      }
    },
    3 * minute,
  );
}

/** Agents that were told where a server is, and nothing else; and what becomes of them. */
function rogues(server: string): { commands: string; refusal: RegExp }[] {
  const forged = [
    "cd /tmp && consul tls ca create && consul tls cert create -server && key=$(consul keygen)",
    'pem() { echo "$1 = \\"/tmp/$2.pem\\""; }',
    "files=$(pem ca_file consul-agent-ca; pem cert_file dc1-server-consul-0; pem key_file dc1-server-consul-0-key)",
  ].join("\n");
  const run = (agent: string) => `timeout 8 ${agent} 2>&1; true`;
  return [
    {
      commands: run(`consul agent -data-dir /tmp/c -node rogue-consul -retry-join ${server}`),
      refusal: /Failed to join .*: Remote state is encrypted and encryption is not configured/,
    },
    {
      commands: `${forged}\necho "encrypt = \\"$key\\" tls { defaults { $files } }" | sed 's/pem"/pem"\\n/g' >forged.hcl\n${run(
        `consul agent -server -data-dir /tmp/c -node rogue-forged -config-file forged.hcl -retry-join ${server}`,
      )}`,
      refusal: /Failed to join/,
    },
    {
      commands: run(
        `nomad agent -server -bootstrap-expect 3 -data-dir /tmp/n -node rogue-server -retry-join ${server}`,
      ),
      refusal: /encrypted|failed to join/i,
    },
  ];
}
