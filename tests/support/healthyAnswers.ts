import type { Requirement, ServerRef } from "../../components/health/requirement";
import { type Answers, ok } from "./fakeWorld";

export const s1: ServerRef = { name: "s1", url: "http://10.0.0.1:1" };
export const s2: ServerRef = { name: "s2", url: "http://10.0.0.2:1" };
export const s3: ServerRef = { name: "s3", url: "http://10.0.0.3:1" };
export const three = [s1, s2, s3];

export const paths = {
  leader: "/v1/status/leader",
  autopilot: "/v1/operator/autopilot/health",
  members: "/v1/agent/members",
  keys: "/.well-known/jwks.json",
  nodes: "/v1/nodes",
  fabio: "/v1/health/service/fabio",
};

export interface FakeServer {
  Name: string;
  Voter: boolean;
  Healthy: boolean;
}

export const voter = (Name: string, change: Partial<FakeServer> = {}): FakeServer => ({
  Name,
  Voter: true,
  Healthy: true,
  ...change,
});

export const autopilot = (...servers: FakeServer[]) => ({
  Healthy: servers.every(({ Healthy }) => Healthy),
  FailureTolerance: 1,
  Servers: servers,
});

const healthyDriver = { Detected: true, Healthy: true, HealthDescription: "Healthy" };

export const node = (Name: string, change: object = {}) => ({
  ID: `${Name}-id`,
  Name,
  Status: "ready",
  SchedulingEligibility: "eligible",
  Drain: false,
  CreateIndex: 100,
  Drivers: { docker: healthyDriver, exec: healthyDriver },
  ...change,
});

export const fabioEntry = (host: string, status = "passing", output = "") => ({
  Node: { Node: host },
  Checks: [
    { Name: "Serf Health Status", Status: "passing", Output: "Agent alive" },
    { Name: "Service 'fabio' check", Status: status, Output: output },
  ],
});

export const clientsPlanned: Extract<Requirement, { kind: "nomad-clients" }> = {
  kind: "nomad-clients",
  cluster: "prod",
  servers: three,
  clients: [
    { name: "c1", drivers: ["docker", "exec"] },
    { name: "c2", drivers: ["docker", "exec"] },
  ],
};

export const ingressPlanned: Extract<Requirement, { kind: "ingress" }> = {
  kind: "ingress",
  consul: three,
  fabios: [{ name: "c1", url: "http://10.1.0.1:9999" }],
  canaryPath: "/canary",
};

/** What a healthy cluster of three servers, two clients and one Fabio says to every question of a gate. */
export const healthyAnswers: Answers = {
  ...Object.fromEntries(
    three.flatMap(({ url }) => [
      [url + paths.leader, ok("10.0.0.1:8300")],
      [url + paths.autopilot, ok(autopilot(voter("s1"), voter("s2.global"), voter("s3")))],
      [url + paths.members, ok(["s1", "s2", "s3", "c1", "c2"].map((Name) => ({ Name, Status: 1 })))],
      [url + paths.keys, ok({ keys: [{ kid: "a" }] })],
    ]),
  ),
  [s1.url + paths.nodes]: ok([node("c1"), node("c2")]),
  [`${s1.url}/v1/node/c1-id`]: ok({ Attributes: { "consul.version": "1.22.7" } }),
  [`${s1.url}/v1/node/c2-id`]: ok({ Attributes: { "consul.version": "1.22.7" } }),
  [s1.url + paths.fabio]: ok([fabioEntry("c1")]),
  "http://10.1.0.1:9999/canary": ok("OK"),
};
