import fc from "fast-check";
import { resolveAccess } from "../../../components/config/access";
import { expandHosts } from "../../../components/config/hosts";
import { parseConfig } from "../../../components/config/parse";
import { ConfigurationError } from "../../../components/config/problem";
import { secretsOf } from "../../../components/secrets";
import { clusterOf, type Raw } from "../../support/configs";

const planted = "c0rrect-horse-battery-staple";
const pem = (text = planted) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----\n`;
const harmless = pem("harmless");
const login = { user: "ops", privateKey: harmless, sudoPassword: "harmless" };

/** A configuration in which every key that can hold a secret is set, in every place where it can stand. */
function whole(): Raw {
  const raw = clusterOf(3, 1);
  const bastion = { address: "gate", user: "ops", privateKey: harmless };
  return {
    ...raw,
    hosts: [
      ...(raw.hosts as object[]),
      {
        name: "own",
        address: "10.2.0.1",
        substrate: "ubuntu",
        roles: ["nomad-client"],
        ssh: { ...login, hostKey: "ssh-ed25519 AAAA", bastion },
        docker: { endpoint: "unix:///x" },
        meta: { rack: "7" },
      },
    ],
    groups: {
      web: { substrate: "ubuntu", roles: ["nomad-client"], hosts: { g1: "10.3.0.1" }, ssh: { ...login, bastion } },
    },
    ssh: { ...login, knownHostsFile: "known", bastion },
    software: {
      hashicorpReleases: "https://mirror.example/hashicorp",
      signingKey: harmless,
      registryMirrors: ["https://m.example"],
    },
    nomad: { variables: { "nomad/jobs/web": { password: "harmless" } } },
    fabio: { certificate: { cert: harmless, key: harmless } },
    jobs: { nginx: { vars: { count: 2 } } },
  };
}

/** All that a person is told of a configuration. */
function told(raw: Raw): { text: string; count: number } {
  const { config, problems } = parseConfig(raw);
  const read = (path: string): string => {
    throw new Error(`EACCES: permission denied, open '${path}'`);
  };
  const found = [...problems];
  if (config) {
    const resolved = resolveAccess(expandHosts(config), read);
    found.push(...resolved.problems, ...secretsOf(config, resolved.access, read).problems);
  }
  return { text: new ConfigurationError(found).message + JSON.stringify(found), count: found.length };
}

type Place = { readonly owner: Record<string, unknown>; readonly key: string };

function placesOf(node: unknown): Place[] {
  if (typeof node !== "object" || node === null) {
    return [];
  }
  const owner = node as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...placesOf(owner[key])]);
}

/** The same configuration with something else in one place. */
function planting(pick: number, which: (place: Place) => boolean, plant: (place: Place) => void): Raw {
  const raw = structuredClone(whole());
  const places = placesOf(raw).filter(which);
  plant(places[pick % places.length] as Place);
  return raw;
}

/** Secrets as people get them wrong: of the wrong kind, in a list, in a mapping, beside a file's name. */
const wrongly = (secret: string): fc.Arbitrary<unknown> =>
  fc.constantFrom<unknown>(
    secret,
    [secret],
    { a: secret },
    [{ privateKey: secret }],
    { b: [secret] },
    { [planted.length]: secret },
  );

function expectNothingShown(raw: Raw, seen: { refused: number }): void {
  const { text, count } = told(raw);
  seen.refused += count > 0 ? 1 : 0;
  expect(text).not.toContain(planted);
}

/** Mappings whose keys are names that people choose: there, no key is unknown. */
const named = /^(meta|groups|hosts|jobs)$/;
const secretPlace = /^(privateKey|sudoPassword|key|variables|vars|certificate|bastion|ssh)$/;

test("the configuration of this test is wrong in nothing but its file that cannot be read", () => {
  const { problems } = parseConfig(whole());
  expect(problems).toEqual([]);
});

test("a private key is never shown, wherever in the configuration it was put", () => {
  const seen = { refused: 0 };
  fc.assert(
    fc.property(fc.nat(), wrongly(pem()), (pick, secret) => {
      expectNothingShown(
        planting(
          pick,
          () => true,
          ({ owner, key }) => {
            owner[key] = structuredClone(secret);
          },
        ),
        seen,
      );
    }),
    { numRuns: 1500 },
  );
  expect(seen.refused).toBeGreaterThan(1000);
});

test("what stands at a key for secrets, or below it, is never shown, of whatever kind it is", () => {
  const seen = { refused: 0 };
  fc.assert(
    fc.property(fc.nat(), wrongly(planted), (pick, secret) => {
      expectNothingShown(
        planting(
          pick,
          ({ key }) => secretPlace.test(key),
          ({ owner, key }) => {
            owner[key] = structuredClone(secret);
          },
        ),
        seen,
      );
    }),
    { numRuns: 1500 },
  );
  expect(seen.refused).toBeGreaterThan(1000);
});

test("what stands at a key that nobody knows is never shown: it may be a misspelt one", () => {
  const seen = { refused: 0 };
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom("sudoPasword", "private_key", "token", "pw"),
      wrongly(planted),
      (pick, name, secret) => {
        expectNothingShown(
          planting(
            pick,
            ({ owner, key }) => isMapping(owner[key]) && !named.test(key),
            ({ owner, key }) => {
              (owner[key] as Record<string, unknown>)[name] = structuredClone(secret);
            },
          ),
          seen,
        );
      },
    ),
    { numRuns: 1500 },
  );
  expect(seen.refused).toBeGreaterThan(1000);
});

test("a password in a URL is never shown", () => {
  const seen = { refused: 0 };
  const urls = [
    "ssh://ops:PW@h",
    "tcp://ops:PW@h:2376",
    "https://ops:PW@mirror.example/",
    "https://:PW@m",
    "http://a/b:PW@c",
  ];
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(...urls), fc.constantFrom("", "/", "@", ":"), (pick, url, odd) => {
      const text = url.replace("PW", `${odd}${planted}${odd}`);
      expectNothingShown(
        planting(
          pick,
          ({ key }) => /endpoint|Releases|registryMirrors|address/.test(key),
          ({ owner, key }) => {
            owner[key] = text;
          },
        ),
        seen,
      );
    }),
    { numRuns: 500 },
  );
  expect(seen.refused).toBeGreaterThan(300);
});

function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
