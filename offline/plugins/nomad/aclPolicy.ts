import { doing } from "../hashicorp/errors";
import { defineResource, property, type Values, type ValuesOf } from "../kit/definition";
import type { NomadClient } from "./client";

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

  async create(given, { config, signal }) {
    const name = given.name as string;
    await doing(`error inserting ACL policy ${JSON.stringify(name)}`, () => write(config, name, given, signal));
    return { id: name, outputs: await outputs(config, name, signal) };
  },

  async update({ id }, given, { config, signal }) {
    await doing(`error updating ACL policy ${JSON.stringify(id)}`, () => write(config, id, given, signal));
    return { outputs: await outputs(config, id, signal) };
  },

  async read({ id }, { config, signal }) {
    const found = await find(config, id, signal);
    return found && { id, outputs: flatten(found) };
  },

  async delete({ id }, { config, signal }) {
    await doing(`error deleting ACL policy ${JSON.stringify(id)}`, () =>
      config.deleteIfThere(`/v1/acl/policy/${encodeURIComponent(id)}`, { signal }),
    );
  },
});

function write(client: NomadClient, name: string, given: AclPolicyInputs, signal: AbortSignal): Promise<void> {
  const { jobAcl } = given;
  const body = {
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
  return client.put<void>(`/v1/acl/policy/${encodeURIComponent(name)}`, body, { signal });
}

function find(client: NomadClient, name: string, signal: AbortSignal): Promise<ApiPolicy | undefined> {
  return doing(`error reading ACL policy ${JSON.stringify(name)}`, () =>
    client.find<ApiPolicy>(`/v1/acl/policy/${encodeURIComponent(name)}`, { signal }),
  );
}

async function outputs(client: NomadClient, name: string, signal: AbortSignal): Promise<Values> {
  const found = await find(client, name, signal);
  if (!found) throw new Error(`ACL policy ${name} is gone again right after it was written; look who deleted it`);
  return flatten(found);
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
