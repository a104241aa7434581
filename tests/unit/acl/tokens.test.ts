import fc from "fast-check";
import { planTokens } from "../../../components/consul/acl/holders";
import { jwksUrl } from "../../../components/consul/acl/jwksUrl";
import { type PolicyName, policies } from "../../../components/consul/acl/policies";
import {
  type ApiToken,
  type TokenChanges,
  type TokenRequest,
  tokenChanges,
} from "../../../components/consul/acl/tokens";
import { clusterOf, lockedClusterOf, type Raw, sandbox, topologyOf } from "../../support/configs";

test("every agent gets a token of its own, with as little as it needs", () => {
  const tokens = planTokens(topologyOf(lockedClusterOf(3, 2)));
  const node = (name: string) => ({ name, datacenter: "dc1" });
  expect(tokens).toEqual([
    { holder: "dns", policies: ["dns"] },
    { holder: "s1-consul", policies: [], node: node("s1") },
    { holder: "s2-consul", policies: [], node: node("s2") },
    { holder: "s3-consul", policies: [], node: node("s3") },
    { holder: "c1-consul", policies: ["canary"], node: node("c1") },
    { holder: "c2-consul", policies: [], node: node("c2") },
    { holder: "s1-nomad-server", policies: ["nomad-server"] },
    { holder: "s2-nomad-server", policies: ["nomad-server"] },
    { holder: "s3-nomad-server", policies: ["nomad-server"] },
    { holder: "c1-nomad-client", policies: ["nomad-client"] },
    { holder: "c2-nomad-client", policies: ["nomad-client"] },
    { holder: "c1-fabio", policies: ["fabio"] },
  ]);
});

test("Fabio as a Nomad job has no token of the stack's: its tasks get theirs from Consul", () => {
  const raw = lockedClusterOf(3, 2, 2);
  const holders = (of: Raw) => planTokens(topologyOf(of)).map(({ holder }) => holder);
  expect(holders({ ...raw, fabio: { runsAs: "nomad-job" } })).toEqual(
    holders(raw).filter((holder) => !holder.endsWith("-fabio")),
  );
});

test("no policy of an agent may change ACLs, keys or the operator's settings", () => {
  for (const { rules } of Object.values(policies)) {
    expect(rules).not.toMatch(/^\s*(acl|operator|keyring|mesh|peering)\b/m);
    expect(rules).not.toMatch(/key(_prefix)? "[^"]*" \{ policy = "write"/);
    expect(rules).not.toMatch(/(node|agent|query|session)(_prefix)? "[^"]*" \{ policy = "write"/);
  }
});

/** A cluster whose Consul servers stand on other machines than Nomad's, from the first `apart` on. */
function apart(roles: readonly (readonly string[])[]): Raw {
  const raw = clusterOf(roles.length, 1);
  return { ...raw, hosts: (raw.hosts as object[]).map((host, i) => (roles[i] ? { ...host, roles: roles[i] } : host)) };
}

const both = ["consul-server", "nomad-server"];

test.each([
  ["the sandbox", sandbox, "http://127.0.0.1:4646/.well-known/jwks.json"],
  ["servers of both on each machine", lockedClusterOf(3, 1), "https://127.0.0.1:4646/.well-known/jwks.json"],
  [
    "another port",
    { ...lockedClusterOf(3, 1), nomad: { ports: { http: 14646 } } },
    "https://127.0.0.1:14646/.well-known/jwks.json",
  ],
  [
    "servers apart",
    apart([
      ["consul-server"],
      ["consul-server"],
      ["consul-server"],
      ["nomad-server"],
      ["nomad-server"],
      ["nomad-server"],
    ]),
    "http://10.0.0.4:4646/.well-known/jwks.json",
  ],
  [
    "one Consul server without a Nomad server",
    apart([both, both, ["consul-server"], ["nomad-server"]]),
    "http://10.0.0.1:4646/.well-known/jwks.json",
  ],
  [
    "more Nomad servers than Consul servers",
    apart([both, both, both, ["nomad-server"], ["nomad-server"]]),
    "http://127.0.0.1:4646/.well-known/jwks.json",
  ],
])("Consul asks for the keys of identities, with %s, at the right place", (_what, raw, url) => {
  expect(jwksUrl(topologyOf(raw))).toBe(url);
});

/** Consul's store of tokens, as far as the keeping of tokens sees it. */
class Store {
  readonly tokens = new Map<string, ApiToken>();

  constructor(tokens: readonly ApiToken[] = []) {
    for (const token of tokens) {
      this.tokens.set(token.AccessorID, token);
    }
  }

  /** Carries changes out in the order of the process, the first `steps` of them. */
  apply({ remove, create, update }: TokenChanges, steps = Number.POSITIVE_INFINITY): void {
    const work = [
      ...remove.map((accessor) => () => this.tokens.delete(accessor)),
      ...create.map((token) => () => {
        const taken = [...this.tokens.values()].some(({ SecretID }) => SecretID === token.SecretID);
        if (this.tokens.has(token.AccessorID) || taken) {
          throw new Error("accessor or secret is in use: Consul refuses that");
        }
        this.tokens.set(token.AccessorID, token);
      }),
      ...update.map((token) => () => {
        if (this.tokens.get(token.AccessorID)?.SecretID !== token.SecretID) {
          throw new Error("a secret cannot be changed: Consul refuses that");
        }
        this.tokens.set(token.AccessorID, token);
      }),
    ];
    for (const step of work.slice(0, steps)) {
      step();
    }
  }

  list(): ApiToken[] {
    return [...this.tokens.values()];
  }
}

const names = Object.keys(policies) as PolicyName[];
const plan = fc.record({
  holder: fc.constantFrom("a-consul", "b-consul", "a-fabio", "dns", "c-nomad-client"),
  policies: fc.subarray(names),
  node: fc.option(fc.record({ name: fc.constantFrom("a", "b"), datacenter: fc.constant("dc1") }), { nil: undefined }),
});

let nextSecret = 0;
const request = fc.uniqueArray(plan, { selector: ({ holder }) => holder }).map(
  (tokens): TokenRequest => ({
    servers: ["http://127.0.0.1:1"],
    managementToken: "root",
    cluster: "prod",
    timeoutSeconds: 1,
    tokens: tokens.map((token) => ({ ...token, secret: `secret-${nextSecret++}` })),
  }),
);

const foreign = fc.uniqueArray(
  fc.record({
    AccessorID: fc.uuid(),
    SecretID: fc.uuid(),
    Description: fc.constantFrom(
      "",
      "Bootstrap Token (Global Management)",
      "hashistack prod",
      "hashistack prod2: dns",
      "x",
    ),
    Policies: fc.constantFrom(null, [{ Name: "global-management" }]),
  }),
  { selector: ({ AccessorID }) => AccessorID },
);

/** What must be in the store after the tokens of a request were kept, beside what belongs to others. */
function expectKept(store: Store, { tokens }: TokenRequest, others: readonly ApiToken[]): void {
  const own = store.list().filter(({ Description }) => Description.startsWith("hashistack prod: "));
  const shape = (list: readonly object[]) => list.map((each) => JSON.stringify(each)).sort();
  expect(
    shape(
      own.map(({ Description, SecretID, Policies, NodeIdentities }) => ({
        holder: Description.slice("hashistack prod: ".length),
        secret: SecretID,
        policies: (Policies ?? []).map(({ Name }) => Name),
        nodes: (NodeIdentities ?? []).map(({ NodeName }) => NodeName),
      })),
    ),
  ).toEqual(
    shape(
      tokens.map(({ holder, secret, policies: own, node }) => ({
        holder,
        secret,
        policies: own.map((name) => `hashistack-${name}`),
        nodes: node ? [node.name] : [],
      })),
    ),
  );
  for (const other of others) {
    expect(store.tokens.get(other.AccessorID)).toBe(other);
  }
  expect(store.list()).toHaveLength(own.length + others.length);
}

const none: TokenChanges = { remove: [], create: [], update: [] };

test("whatever was there, Consul holds exactly the planned tokens afterwards; others' are never touched; twice is once", () => {
  fc.assert(
    fc.property(request, request, foreign, (before, after, others) => {
      const store = new Store(others);
      store.apply(tokenChanges(before, store.list(), []));
      expectKept(store, before, others);
      expect(tokenChanges(before, store.list(), [])).toEqual(none);

      store.apply(tokenChanges(after, store.list(), []));
      expectKept(store, after, others);
      expect(tokenChanges(after, store.list(), [])).toEqual(none);
    }),
  );
});

test("a run that was killed anywhere is continued by the next one", () => {
  fc.assert(
    fc.property(request, request, foreign, fc.nat(8), (before, after, others, steps) => {
      const store = new Store(others);
      store.apply(tokenChanges(before, store.list(), []));
      store.apply(tokenChanges(after, store.list(), []), steps);
      store.apply(tokenChanges(after, store.list(), []));
      expectKept(store, after, others);
    }),
  );
});

test("grants that are changed by plan change the token, not its secret", () => {
  const of = (own: PolicyName[]): TokenRequest => ({
    servers: [],
    managementToken: "root",
    cluster: "prod",
    timeoutSeconds: 1,
    tokens: [{ holder: "dns", policies: own, secret: "s" }],
  });
  const store = new Store();
  store.apply(tokenChanges(of(["dns"]), [], []));
  const { remove, create, update } = tokenChanges(of(["dns", "canary"]), store.list(), []);
  expect({ remove, create }).toEqual({ remove: [], create: [] });
  expect(update).toMatchObject([
    { SecretID: "s", Policies: [{ Name: "hashistack-dns" }, { Name: "hashistack-canary" }] },
  ]);
});

test("what Consul adds to a token, and the order in which it lists policies, is no difference", () => {
  const asked: TokenRequest = {
    servers: [],
    managementToken: "root",
    cluster: "prod",
    timeoutSeconds: 1,
    tokens: [{ holder: "a-consul", policies: ["dns", "canary"], secret: "s" }],
  };
  const [made] = tokenChanges(asked, [], []).create as [ApiToken];
  const listed = {
    ...made,
    Policies: [...(made.Policies ?? [])].reverse().map((policy) => ({ ...policy, ID: "1" })),
    NodeIdentities: null,
    CreateTime: "2026-01-01T00:00:00Z",
    Local: false,
  };
  expect(tokenChanges(asked, [listed], [])).toEqual(none);
});

test("a token whose description somebody changed is put right, for another one cannot take its place", () => {
  const asked: TokenRequest = {
    servers: [],
    managementToken: "root",
    cluster: "prod",
    timeoutSeconds: 1,
    tokens: [{ holder: "dns", policies: ["dns"], secret: "s" }],
  };
  const [made] = tokenChanges(asked, [], []).create as [ApiToken];
  const store = new Store([{ ...made, Description: "do not touch" }]);
  store.apply(tokenChanges(asked, store.list(), []));
  expectKept(store, asked, []);
});

test("accessors are UUIDs that follow from the cluster's and the holder's name", () => {
  const accessor = (cluster: string, holder: string) =>
    tokenChanges(
      { servers: [], managementToken: "", cluster, timeoutSeconds: 1, tokens: [{ holder, policies: [], secret: "s" }] },
      [],
      [],
    ).create[0]?.AccessorID;
  expect(accessor("prod", "dns")).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(accessor("prod", "dns")).toBe(accessor("prod", "dns"));
  const all = ["prod", "test"].flatMap((cluster) => ["dns", "a-consul"].map((holder) => accessor(cluster, holder)));
  expect(new Set(all).size).toBe(4);
});
