import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";
import { named } from "./named";

const { object, string } = property;

const inputs = {
  description: string(),
  jobAcl: object({ group: string(), jobId: string(), namespace: string({ default: "default" }), task: string() }),
  name: string({ autoName: true, replaces: true }),
  rulesHcl: string({ required: true }),
};
type AclPolicyInputs = ValuesOf<typeof inputs>;

interface ApiPolicy {
  Name: string;
  Description: string;
  Rules: string;
  JobACL?: { Namespace: string; JobID: string; Group: string; Task: string } | null;
}

/** `nomad:index/aclPolicy:AclPolicy` */
export const aclPolicy = defineResource<NomadClient>()({
  token: "nomad:index/aclPolicy:AclPolicy",
  inputs,

  check(news) {
    const acl = (news.jobAcl ?? {}) as Values;
    const failures = [];
    if (acl.group && !acl.jobId) failures.push({ property: "jobAcl.group", reason: "jobAcl.group needs jobAcl.jobId" });
    if (acl.task && !acl.group) failures.push({ property: "jobAcl.task", reason: "jobAcl.task needs jobAcl.group" });
    return { inputs: news, failures };
  },

  ...named<AclPolicyInputs, ApiPolicy>({ what: "ACL policy", path: "/v1/acl/policy", body, flatten }),
});

function body(name: string, { jobAcl, ...given }: AclPolicyInputs): Values {
  return {
    Name: name,
    Description: given.description ?? "",
    Rules: given.rulesHcl,
    JobACL: jobAcl && {
      Namespace: jobAcl.namespace || "default",
      JobID: jobAcl.jobId ?? "",
      Group: jobAcl.group ?? "",
      Task: jobAcl.task ?? "",
    },
  };
}

function flatten({ Name, Description, Rules, JobACL }: ApiPolicy): Values {
  return {
    id: Name,
    name: Name,
    description: Description,
    rulesHcl: Rules,
    jobAcl: JobACL
      ? { group: JobACL.Group, jobId: JobACL.JobID, namespace: JobACL.Namespace, task: JobACL.Task }
      : null,
  };
}
