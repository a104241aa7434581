import { type Ask, bodyOf, type Condition, firstUnmet, met, unmet, type Verdict } from "./condition";
import type { Requirement, ServerRef } from "./requirement";

type Product = "consul" | "nomad";
const title: Record<Product, string> = { consul: "Consul", nomad: "Nomad" };

interface AutopilotServer {
  readonly Name: string;
  readonly Voter: boolean;
  readonly Healthy: boolean;
}

/** See the requirement "server-joined". */
export function serverJoined(requirement: Extract<Requirement, { kind: "server-joined" }>): Condition {
  const { product, server, peers, last } = requirement;
  return {
    name: `${title[product]} server ${server.name} has joined`,
    async evaluate(ask) {
      const own = await leaderSeenBy(ask, product, server);
      if ("met" in own) {
        return own;
      }
      // On the very first start the quorum is still to come, with the servers that start after this one.
      const formed = last || (await Promise.all(peers.map((peer) => leaderSeenBy(ask, product, peer)))).some(hasLeader);
      if (!formed) {
        return met;
      }
      if (!hasLeader(own)) {
        return unmet(`${product} server ${server.name} sees no leader yet`);
      }
      return peers.length === 0 ? met : healthyVoter(ask, product, server);
    },
  };
}

/** See the requirement "quorum". */
export function quorum(requirement: Extract<Requirement, { kind: "quorum" }>): Condition[] {
  const { product, servers } = requirement;
  return [
    {
      name: `every ${title[product]} server sees one leader`,
      async evaluate(ask) {
        const views = await Promise.all(
          servers.map(async (server) => ({ server, view: await leaderSeenBy(ask, product, server) })),
        );
        let first: { server: ServerRef; leader: string } | undefined;
        for (const { server, view } of views) {
          if ("met" in view) {
            return view;
          }
          if (!hasLeader(view)) {
            return unmet(`${product} server ${server.name} sees no leader yet`);
          }
          first ??= { server, leader: view.leader };
          if (view.leader !== first.leader) {
            return unmet(
              `${product} server ${server.name} takes ${view.leader} for the leader, ${first.server.name} takes ${first.leader}`,
            );
          }
        }
        return met;
      },
    },
    {
      name: `the voters of ${title[product]} are exactly the planned servers, and healthy`,
      evaluate: (ask) => firstUnmet(servers.map((server) => () => autopilotAgrees(ask, product, server, servers))),
    },
  ];
}

type View = { readonly leader: string } | Verdict;

function hasLeader(view: View): view is { leader: string } {
  return "leader" in view && view.leader !== "";
}

async function leaderSeenBy(ask: Ask, product: Product, server: ServerRef): Promise<View> {
  // Nomad would hold its answer back for some seconds while there is no leader, unless its own view is asked for.
  const url = `${server.url}/v1/status/leader${product === "nomad" ? "?stale" : ""}`;
  const answer = await ask(url);
  // Nomad says "No cluster leader" with a 500 where Consul answers 200 with an empty string.
  if (!("error" in answer) && answer.status === 500 && /no cluster leader/i.test(String(answer.body))) {
    return { leader: "" };
  }
  const result = bodyOf(url, answer);
  return "met" in result ? result : { leader: typeof result.body === "string" ? result.body : "" };
}

async function autopilot(
  ask: Ask,
  server: ServerRef,
): Promise<{ servers: AutopilotServer[]; healthy: boolean } | Verdict> {
  const url = `${server.url}/v1/operator/autopilot/health`;
  // "Unhealthy" is a 429 with the same body.
  const result = bodyOf(url, await ask(url), [200, 429]);
  if ("met" in result) {
    return result;
  }
  const body = result.body as { Healthy?: boolean; Servers?: AutopilotServer[] | null };
  if (typeof body?.Healthy !== "boolean") {
    return unmet(`${url} does not tell of any server yet`);
  }
  return { healthy: body.Healthy, servers: body.Servers ?? [] };
}

async function healthyVoter(ask: Ask, product: Product, server: ServerRef): Promise<Verdict> {
  const health = await autopilot(ask, server);
  if ("met" in health) {
    // Before its bootstrap Nomad knows no token. The bootstrap comes next and settles whether that is why.
    return product === "nomad" && !health.met && health.status === 403 ? met : health;
  }
  const entry = health.servers.find(({ Name }) => bare(Name) === server.name);
  if (entry === undefined) {
    return unmet(`${product} autopilot does not know server ${server.name} yet`);
  }
  if (!entry.Healthy || !entry.Voter) {
    return unmet(`${product} server ${server.name} is not ${entry.Healthy ? "a voter" : "healthy"} yet`);
  }
  return met;
}

async function autopilotAgrees(
  ask: Ask,
  product: Product,
  asked: ServerRef,
  planned: readonly ServerRef[],
): Promise<Verdict> {
  const health = await autopilot(ask, asked);
  if ("met" in health) {
    return health;
  }
  const voters = new Set(health.servers.filter(({ Voter }) => Voter).map(({ Name }) => bare(Name)));
  const missing = planned.filter(({ name }) => !voters.has(name)).map(({ name }) => name);
  if (missing.length > 0) {
    return unmet(`${product} server ${asked.name} does not count ${missing.join(", ")} among the voters`);
  }
  const names = new Set(planned.map(({ name }) => name));
  const extra = [...voters].filter((name) => !names.has(name)).sort();
  if (extra.length > 0) {
    return unmet(`${product} counts ${extra.join(", ")} among the voters, which this stack does not plan`);
  }
  if (!health.healthy) {
    const sick = health.servers.filter(({ Healthy }) => !Healthy).map(({ Name }) => bare(Name));
    return unmet(`${product} autopilot is not healthy: ${sick.join(", ") || "no server named"}`);
  }
  return met;
}

/** Nomad names a server `name.region`; host names hold no dot. */
function bare(name: string): string {
  return name.split(".")[0] ?? name;
}
