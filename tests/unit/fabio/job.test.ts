import { createHash } from "node:crypto";
import fc from "fast-check";
import { type FabioJobParts, renderFabioJob } from "../../../components/fabio/job";
import type { FabioJobPlan } from "../../../components/fabio/jobPlan";
import { clusterOf, lockedClusterOf, type Raw, sandbox, topologyOf } from "../../support/configs";

const asJob = (raw: Raw, fabio: object = {}): Raw => ({ ...raw, fabio: { runsAs: "nomad-job", ...fabio } });

function planOf(raw: Raw): FabioJobPlan {
  const { fabioJob } = topologyOf(raw);
  if (fabioJob === undefined) {
    throw new Error("this configuration was meant to make a job of Fabio");
  }
  return fabioJob;
}

interface Task {
  readonly Driver: string;
  readonly Config: Record<string, unknown>;
  readonly Consul?: object;
  readonly Meta?: Record<string, string>;
  readonly Templates: { DestPath: string; EmbeddedTmpl: string; ChangeMode: string; Perms: string }[];
}

function rendered(plan: FabioJobPlan, parts?: FabioJobParts) {
  const { Job } = JSON.parse(renderFabioJob(plan, parts));
  const [group] = Job.TaskGroups;
  const task = group.Tasks[0] as Task;
  const file = (name: string) => task.Templates.find(({ DestPath }) => DestPath === `secrets/${name}`);
  const settings = Object.fromEntries(
    (file("fabio.properties")?.EmbeddedTmpl ?? "")
      .trim()
      .split("\n")
      .map((line) => line.split(/ = (.*)/s).slice(0, 2)),
  ) as Record<string, string>;
  return { Job, group, task, file, settings };
}

const certificate = { certFile: "cert.pem", keyFile: "key.pem" };
const locked = planOf(asJob(lockedClusterOf(3, 3, 2), { certificate, ports: { proxy: 80, tls: 443 } }));
const parts: FabioJobParts = {
  ca: "-----BEGIN CERTIFICATE-----\nca\n",
  certificate: "-----BEGIN CERTIFICATE-----\nown\n",
};

test.each<[string, FabioJobPlan, FabioJobParts | undefined]>([
  ["the sandbox", planOf(asJob(sandbox)), undefined],
  ["locked, with a certificate", locked, parts],
])("%s", (_what, plan, known) => {
  expect(renderFabioJob(plan, known)).toMatchSnapshot();
});

test("runs once on each ingress host and nowhere else, whatever their pools and datacenters", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }), (ingress, others) => {
      const raw = clusterOf(3, ingress + others, ingress);
      const { Job } = rendered(planOf(asJob(raw)));
      expect(Job).toMatchObject({ Type: "system", NodePool: "all", Datacenters: ["*"] });
      expect(Job.Constraints).toEqual([
        {
          LTarget: "${node.unique.name}",
          Operand: "set_contains_any",
          RTarget: Array.from({ length: ingress }, (_, i) => `c${i + 1}`).join(","),
        },
      ]);
    }),
    { numRuns: 20 },
  );
});

test("is the same text whichever host stands first, but for their order", () => {
  const raw = clusterOf(3, 2, 2);
  const turned = { ...raw, hosts: [...(raw.hosts as object[])].reverse() };
  const text = renderFabioJob(planOf(asJob(turned))).replace("c2,c1", "c1,c2");
  expect(text).toBe(renderFabioJob(planOf(asJob(raw))));
});

test("reserves every port that it listens on, and the one for HTTPS only where it serves that", () => {
  const ports = (plan: FabioJobPlan) =>
    Object.fromEntries(
      rendered(plan).group.Networks[0].ReservedPorts.map(({ Label, Value }: { Label: string; Value: number }) => [
        Label,
        Value,
      ]),
    );
  expect(ports(planOf(asJob(sandbox)))).toEqual({ proxy: 9999, ui: 9998, metrics: 9997 });
  expect(ports(locked)).toEqual({ proxy: 80, tls: 443, ui: 9998, metrics: 9997 });
});

test("serves on the node's own address, and shows its UI on loopback alone, read-only", () => {
  const { settings } = rendered(locked, parts);
  const own = '{{ index (env "attr.unique.advertise.address" | split ":") 0 }}';
  expect(settings["proxy.addr"]).toBe(`${own}:80,${own}:443;cs=ingress,127.0.0.1:9997;proto=prometheus`);
  expect(settings).toMatchObject({
    "ui.addr": "127.0.0.1:9998",
    "ui.access": "ro",
    "ui.title": '{{ env "node.unique.name" }}',
    "metrics.target": "prometheus",
  });
});

test("asks for the image of the stack's mirror, and for nothing of its host but the network", () => {
  const raw = { ...sandbox, images: { fabio: "mirror.example:5000/fabiolb/fabio" }, versions: { fabio: "1.7.3" } };
  const { task } = rendered(planOf(asJob(raw)));
  expect(task.Driver).toBe("docker");
  expect(task.Config).toEqual({
    image: "mirror.example:5000/fabiolb/fabio:1.7.3",
    network_mode: "host",
    entrypoint: ["fabio"],
    args: ["-cfg", "/secrets/fabio.properties"],
    cap_drop: ["all"],
    cap_add: ["net_bind_service"],
    security_opt: ["no-new-privileges"],
    readonly_rootfs: true,
  });
});

test("shows Consul a token of its own where there are ACLs, and none where there are none", () => {
  const { task, settings } = rendered(locked, parts);
  expect(task).toMatchObject({ Consul: {}, Env: { CONSUL_HTTP_TOKEN_FILE: "/secrets/consul_token" } });
  // Among the settings, Fabio would write it into its log.
  expect(settings).not.toHaveProperty(["registry.consul.token"]);
  const open = rendered(planOf(asJob(clusterOf(3, 1))));
  expect(open.task).not.toHaveProperty("Consul");
  expect(open.task).not.toHaveProperty("Env");
});

test("trusts the cluster's own authority where there is TLS", () => {
  const { settings, file } = rendered(locked, parts);
  expect(settings).toMatchObject({
    "registry.consul.addr": "https://127.0.0.1:8501",
    "registry.consul.tls.cafile": "/secrets/tls/ca.pem",
  });
  expect(file("tls/ca.pem")?.EmbeddedTmpl).toBe(parts.ca);
});

test("every file is for its own eyes, and the key is not in the text", () => {
  const { task, file, settings } = rendered(locked, parts);
  for (const { DestPath, Perms } of task.Templates) {
    expect({ DestPath, Perms }).toEqual({ DestPath: expect.stringMatching(/^secrets\//), Perms: "600" });
  }
  expect(file("ingress/cert.pem")?.EmbeddedTmpl).toBe('{{ with nomadVar "nomad/jobs/fabio" }}{{ .cert }}{{ end }}');
  expect(file("ingress/key.pem")?.EmbeddedTmpl).toBe('{{ with nomadVar "nomad/jobs/fabio" }}{{ .key }}{{ end }}');
  expect(settings["proxy.cs"]).toBe("cs=ingress;type=file;cert=/secrets/ingress/cert.pem;key=/secrets/ingress/key.pem");
});

test("another certificate is another version, which hosts take one after the other instead of all at once", () => {
  const { task, Job } = rendered(locked, parts);
  expect(task.Meta).toEqual({
    certificate: createHash("sha256")
      .update(parts.certificate ?? "")
      .digest("hex"),
  });
  expect(rendered(locked, { ...parts, certificate: "another" }).task.Meta).not.toEqual(task.Meta);
  expect(task.Templates.filter(({ DestPath }) => DestPath.includes("/ingress/")).map((t) => t.ChangeMode)).toEqual([
    "noop",
    "noop",
  ]);
  expect(Job.Update.MaxParallel).toBe(1);
});

test("never gives up, since a system job is placed nowhere else", () => {
  expect(rendered(locked).group.RestartPolicy.Mode).toBe("delay");
});
