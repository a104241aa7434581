import * as pulumi from "@pulumi/pulumi";
import { ask, saidIn } from "../../api/request";
import { known } from "../../known";

/** How to reach Consul with everything allowed. */
export interface ConsulAccess {
  /** URLs of the servers. */
  readonly servers: readonly string[];
  readonly ca?: pulumi.Output<string>;
  readonly managementToken: pulumi.Output<string>;
}

/** What Consul knows by a name that it gives once. */
export type NamedKind = "policy" | "role" | "auth-method";

/**
 * A hook that takes away what an earlier run had created in Consul and was killed before it could write down: its name
 * would be taken for good. Only what has this very name and description: nothing of anybody else's.
 */
export function removesConsulOrphan(
  access: ConsulAccess,
  kind: NamedKind,
  name: string,
  description: string,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`consul-${kind}-${name}-orphan`, async () => {
    const [ca, token] = await Promise.all([known(pulumi.output(access.ca)), known(access.managementToken)]);
    const [server = ""] = access.servers;
    const base = `${server}/v1/acl/${kind}`;
    const question = { ca, headers: { "x-consul-token": token }, timeoutMs: 10_000 };
    const found = await ask(`${base}/${kind === "auth-method" ? "" : "name/"}${encodeURIComponent(name)}`, question);
    // Whatever else Consul says, the creation that follows says it better.
    if (found.status !== 200 || !("body" in found)) {
      return;
    }
    const { ID, Description } = (found.body ?? {}) as { ID?: string; Description?: string };
    if (Description !== description) {
      return;
    }
    const url = `${base}/${encodeURIComponent(kind === "auth-method" ? name : (ID ?? ""))}`;
    const removed = await ask(url, { ...question, method: "DELETE" });
    if (removed.status !== 200) {
      throw new Error(`an earlier run left the ${kind} ${name} in Consul; DELETE ${url} answers ${saidIn(removed)}`);
    }
  });
}
