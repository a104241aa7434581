import { definePackage, property } from "../kit/definition";
import { aclPolicy } from "./aclPolicy";
import { aclToken } from "./aclToken";
import { NomadClient } from "./client";
import { connection } from "./config";
import { job } from "./job/resource";
import { namespace } from "./namespace";
import { nodePool } from "./nodePool";
import { variable } from "./variable";

const { boolean, list, map, object, string } = property;

const opened = new Set<NomadClient>();

/** Stand-in for the official nomad plugin: jobs, namespaces, node pools, ACL policies and tokens, variables. */
export const nomad = definePackage({
  name: "nomad",
  version: "2.6.1",
  style: "bridged",
  config: {
    address: string(),
    caFile: string(),
    caPem: string(),
    certFile: string(),
    certPem: string(),
    headers: list(object({ name: string({ required: true }), value: string({ required: true }) }), { secret: true }),
    httpAuth: string({ secret: true }),
    ignoreEnvVars: map(boolean()),
    keyFile: string(),
    keyPem: string({ secret: true }),
    region: string(),
    secretId: string({ secret: true }),
    skipVerify: boolean(),
  },
  configure(settings): NomadClient {
    const client = new NomadClient(connection(settings, process.env));
    opened.add(client);
    return client;
  },
  resources: [job, namespace, nodePool, aclPolicy, aclToken, variable],
  close: () => {
    for (const client of opened) client.close();
  },
});
