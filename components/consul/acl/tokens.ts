import { createHash } from "node:crypto";
import { asUuid } from "../../security/forms";
import { holdersOn } from "./holderNames";
import type { PolicyName } from "./policies";

/** A token that an agent of the cluster shows to Consul. */
export interface TokenPlan {
  /** Whose it is, such as `client-1-nomad`. */
  readonly holder: string;
  readonly policies: readonly PolicyName[];
  /** Consul node that the holder may keep in the catalogue: its own. */
  readonly node?: { readonly name: string; readonly datacenter: string };
}

/** What the process that keeps tokens is told. */
export interface TokenRequest {
  /** URLs of the servers; any that answers will do. */
  readonly servers: readonly string[];
  readonly ca?: string;
  /** Token that may manage others. */
  readonly managementToken: string;
  /** Name of the cluster. */
  readonly cluster: string;
  readonly tokens: readonly (TokenPlan & { readonly secret: string })[];
  /** Seconds to keep trying. */
  readonly timeoutSeconds: number;
}

/** How a token looks in Consul's API. */
export interface ApiToken {
  readonly AccessorID: string;
  readonly SecretID?: string;
  readonly Description: string;
  readonly Policies?: readonly { readonly Name: string }[] | null;
  readonly NodeIdentities?: readonly { readonly NodeName: string; readonly Datacenter: string }[] | null;
}

/** Begins the description of each token that is kept here: others are nobody's business but their owner's. */
export function markOf(cluster: string): string {
  return `hashistack ${cluster}: `;
}

/** Full name of a policy: Consul has one space of names for all who use it. */
export function policyName(name: PolicyName): string {
  return `hashistack-${name}`;
}

/** What must be done so that Consul holds exactly the planned tokens. */
export interface TokenChanges {
  readonly remove: readonly string[];
  readonly create: readonly ApiToken[];
  readonly update: readonly ApiToken[];
}

/**
 * Compares the planned tokens with those that Consul holds. An accessor follows from the holder's name, so that a run
 * that was killed half-way finds its own tokens again.
 *
 * @param alive hosts whose Consul agent is there: those that leave are removed later in the same run, and need their
 *   tokens until then
 */
export function tokenChanges(
  request: TokenRequest,
  found: readonly ApiToken[],
  alive: readonly string[],
): TokenChanges {
  const mark = markOf(request.cluster);
  const wanted = request.tokens.map((token) => asApiToken(token, request.cluster));
  const names = new Set(wanted.map(({ AccessorID }) => AccessorID));
  // A planned accessor is this stack's even if somebody changed the description: it could not be created again.
  const own = new Map(
    found
      .filter(({ AccessorID, Description }) => names.has(AccessorID) || Description.startsWith(mark))
      .map((token) => [token.AccessorID, token]),
  );
  const changed = (token: ApiToken) => {
    const there = own.get(token.AccessorID);
    return there !== undefined && grants(there) !== grants(token);
  };
  // The secret of a token cannot be changed: another one is another token.
  const renewed = wanted.filter(({ AccessorID, SecretID }) => {
    const there = own.get(AccessorID);
    return there?.SecretID !== undefined && there.SecretID !== SecretID;
  });
  const needed = new Set(alive.flatMap((host) => accessorsOf(request.cluster, host)));
  const superfluous = [...own.keys()].filter((accessor) => !names.has(accessor) && !needed.has(accessor));
  return {
    remove: [...superfluous, ...renewed.map(({ AccessorID }) => AccessorID)],
    create: wanted.filter((token) => !own.has(token.AccessorID) || renewed.includes(token)),
    update: wanted.filter((token) => changed(token) && !renewed.includes(token)),
  };
}

/** Accessors of the tokens that a host's agents may have. */
export function accessorsOf(cluster: string, host: string): string[] {
  return holdersOn(host).map((holder) => accessorOf(cluster, holder));
}

function accessorOf(cluster: string, holder: string): string {
  return asUuid(createHash("sha256").update(`hashistack\n${cluster}\n${holder}`).digest("hex"));
}

function asApiToken({ holder, policies, node, secret }: TokenRequest["tokens"][number], cluster: string): ApiToken {
  return {
    AccessorID: accessorOf(cluster, holder),
    SecretID: secret,
    Description: `${markOf(cluster)}${holder}`,
    Policies: policies.map((name) => ({ Name: policyName(name) })),
    NodeIdentities: node ? [{ NodeName: node.name, Datacenter: node.datacenter }] : [],
  };
}

function grants({ Description, Policies, NodeIdentities }: ApiToken): string {
  return JSON.stringify([
    Description,
    (Policies ?? []).map(({ Name }) => Name).sort(),
    (NodeIdentities ?? []).map(({ NodeName, Datacenter }) => `${NodeName} ${Datacenter}`).sort(),
  ]);
}
