import { property, type ValuesOf } from "../kit";

const endpoint = {
  host: property.string({ required: true }),
  port: property.number({ default: 22 }),
  user: property.string({ default: "root" }),
  password: property.string(),
  privateKey: property.string(),
  privateKeyPassword: property.string(),
  /** Default: the environment variable SSH_AUTH_SOCK. */
  agentSocketPath: property.string(),
  /** Public key of the server, as in known_hosts or a `.pub` file. Without it the server is not verified. */
  hostKey: property.string(),
  /** How often a connection may fail before that is final; -1: as often as it takes. */
  dialErrorLimit: property.integer({ default: 10 }),
  /** Seconds for one attempt; 0: no limit. */
  perDialTimeout: property.integer({ default: 15 }),
};

/** How to reach a machine, perhaps through another one. */
export const connectionShape = { ...endpoint, proxy: property.object(endpoint) };

export type Endpoint = ValuesOf<typeof endpoint>;
export type Connection = ValuesOf<typeof connectionShape>;

/** The whole connection is kept as a secret; whom an error is about is none. */
export const shownOfConnection = ["", "proxy."].flatMap((at) =>
  ["host", "user"].map((name) => `connection.${at}${name}`),
);
