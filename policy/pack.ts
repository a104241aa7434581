import {
  type Policies,
  PolicyPack,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { Config } from "@pulumi/pulumi";
import { hclParser } from "../components/jobs/jobFile";
import { allowances } from "./allowances";
import { checks } from "./checks";
import type { Check, Context, Resource, ResourceCheck, StackCheck } from "./lib/check";
import { plain } from "./lib/plain";

const configSchema: Policies[number]["configSchema"] = {
  properties: { allow: { type: "array", items: { type: "string" }, default: [] } },
};

const sandbox = new Config("hashistack").getObject<{ sandbox?: boolean }>("cluster")?.sandbox === true;

type Configured = { getConfig<T extends object>(): T };

function contextOf(args: Configured): Context {
  return { sandbox, allow: args.getConfig<{ allow?: string[] }>().allow ?? [] };
}

function resourceOf({ urn, type, name, props, opts }: ResourceLike): Resource {
  return { urn, type, name, props: plain(props) as Resource["props"], protect: opts.protect };
}

type ResourceLike = Pick<ResourceValidationArgs, "urn" | "type" | "name" | "props" | "opts">;

function resourcePolicy({ name, description, types, check }: ResourceCheck): ResourceValidationPolicy {
  return {
    name,
    description,
    configSchema,
    async validateResource(args, report) {
      if (types.includes(args.type)) {
        for (const violation of await check(resourceOf(args), contextOf(args))) {
          report(violation);
        }
      }
    },
  };
}

function stackPolicy({ name, description, checkAll }: StackCheck): StackValidationPolicy {
  return {
    name,
    description,
    configSchema,
    validateStack(args, report) {
      for (const violation of checkAll(args.resources, contextOf(args))) {
        report(violation);
      }
    },
  };
}

function policyOf(check: Check): Policies[number] {
  return "check" in check ? resourcePolicy(check) : stackPolicy(check);
}

new PolicyPack(
  "hashistack",
  { enforcementLevel: "mandatory", policies: checks.map(policyOf) },
  Object.fromEntries(Object.entries(allowances).map(([name, allow]) => [name, { allow: [...allow] }])),
);

// Jobs come last: the parser loads while the program starts.
setImmediate(hclParser);
