import { definePackage, property } from "../kit/definition";
import { aclAuthMethod } from "./aclAuthMethod";
import { aclBindingRule } from "./aclBindingRule";
import { aclPolicy } from "./aclPolicy";
import { aclRole } from "./aclRole";
import { aclToken, getAclTokenSecretId } from "./aclToken";
import { ConsulClient } from "./client";
import { connection } from "./config";
import { configEntry } from "./configEntry";
import { keyPrefix } from "./keyPrefix";
import { keys } from "./keys";

const { boolean, list, object, string } = property;

const opened = new Set<ConsulClient>();

/** Stand-in for the official consul plugin: what belongs to ACLs, config entries, keys. */
export const consul = definePackage({
  name: "consul",
  version: "3.15.1",
  style: "bridged",
  config: {
    address: string(),
    caFile: string(),
    caPem: string(),
    certFile: string(),
    certPem: string(),
    datacenter: string(),
    headers: list(object({ name: string({ required: true }), value: string({ required: true }) }), { secret: true }),
    httpAuth: string(),
    insecureHttps: boolean(),
    keyFile: string(),
    keyPem: string({ secret: true }),
    scheme: string(),
    token: string({ secret: true }),
  },
  configure(settings): ConsulClient {
    const client = new ConsulClient(connection(settings, process.env));
    opened.add(client);
    return client;
  },
  resources: [aclPolicy, aclRole, aclToken, aclAuthMethod, aclBindingRule, configEntry, keys, keyPrefix],
  functions: [getAclTokenSecretId],
  close: () => {
    for (const client of opened) client.close();
  },
});
