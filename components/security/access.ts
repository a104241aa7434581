import * as pulumi from "@pulumi/pulumi";
import type { Access } from "../health/requirement";
import type { Security } from "./security";

/** What the program itself shows to the cluster's servers; nothing where the cluster is open. */
export function accessTo({ ca, management }: Security): pulumi.Output<Access> | undefined {
  if (ca === undefined && management === undefined) {
    return undefined;
  }
  return pulumi
    .all([pulumi.output(ca), pulumi.output(management?.consul), pulumi.output(management?.nomad)])
    .apply(([authority, consulToken, nomadToken]) => ({ ca: authority, consulToken, nomadToken }));
}
