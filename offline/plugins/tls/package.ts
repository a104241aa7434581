import { definePackage, property } from "../kit/definition";
import { certRequest } from "./certRequest";
import { locallySignedCert } from "./locallySignedCert";
import { privateKey } from "./privateKey";
import { selfSignedCert } from "./selfSignedCert";

const { boolean, object, string } = property;

/** Stand-in for the official tls plugin: keys, requests and certificates. */
export const tls = definePackage({
  name: "tls",
  version: "5.6.1",
  style: "framework",
  config: {
    proxy: object({
      fromEnv: boolean(),
      password: string({ secret: true }),
      url: string(),
      username: string(),
    }),
  },
  configure: () => undefined,
  resources: [privateKey, certRequest, selfSignedCert, locallySignedCert],
});
