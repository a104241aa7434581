import { z } from "zod";
import { text } from "./fields";

/** What Consul and Nomad take for names and contents of what the stack keeps there: they would refuse the rest midway. */

const kibibyte = 1024;

/**
 * Path of a Consul key. Consul leaves empty segments out, and `.` and `..` lead out of the key-value store; a slash at the
 * end makes a folder.
 */
const keyPath = z
  .string()
  .refine(
    (path) => path.split("/").every((segment) => !["", ".", ".."].includes(segment)),
    "expected a path such as fabio/config: no slash at either end, no empty segment, no segment . or ..",
  );

/** @see https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#kv_max_value_size */
const keyValue = text.refine(
  (value) => Buffer.byteLength(value) <= 512 * kibibyte,
  "expected at most 512 KiB, which is all that Consul takes in one key",
);

/** Keys that Fabio or jobs read, by path. */
export const consulKeys = z.record(keyPath, keyValue);

const aService = "expected letters, digits, dots, hyphens and underscores, such as web";
const isService = (name: string) => /^[A-Za-z0-9_.-]+$/.test(name) && /[^.]/.test(name);
const serviceName = z.string().refine(isService, aService);
const serviceOrAll = z.string().refine((name) => name === "*" || isService(name), `${aService}, or * for all services`);

/** Protocol of services, by name. */
export const serviceDefaults = z
  .record(serviceName, z.strictObject({ protocol: z.enum(["tcp", "http", "http2", "grpc"]) }))
  .superRefine(differInMoreThanCase);

/** Actions by source, by destination. */
export const intentions = z
  .record(
    serviceOrAll,
    z
      .record(serviceOrAll, z.enum(["allow", "deny"]))
      .refine((sources) => Object.keys(sources).length > 0, "expected at least one source, such as { web: allow }")
      .superRefine(differInMoreThanCase),
  )
  .superRefine(differInMoreThanCase);

/** To Consul, names of services that differ in case alone are one. */
function differInMoreThanCase(byName: object, context: z.core.$RefinementCtx): void {
  const first = new Map<string, string>();
  for (const name of Object.keys(byName)) {
    const earlier = first.get(name.toLowerCase());
    if (earlier !== undefined) {
      const message = `${earlier} is the same name to Consul, which does not tell case; give each once`;
      context.addIssue({ code: "custom", path: [name], message });
    }
    first.set(name.toLowerCase(), name);
  }
}

const namespaceName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,128}$/, "expected 1 to 128 letters, digits and hyphens")
  .refine((name) => name !== "default", "expected another name: default always exists");

/** Nomad namespaces beside `default`, with what they are for. */
export const namespaces = z.record(
  namespaceName,
  z.strictObject({
    description: z
      .string()
      .refine((words) => Buffer.byteLength(words) <= 256, "expected at most 256 bytes")
      .default(""),
  }),
);

const variablePath = z
  .string()
  .regex(/^[\w~-]+(\/[\w~-]+)*$/, "expected a path such as nomad/jobs/nginx: letters, digits, - _ ~ between slashes")
  .max(128, "expected at most 128 characters")
  .regex(
    /^(?!nomad(\/|$))|^nomad\/jobs(\/|$)|^nomad\/job-templates\/[^/]+$/,
    "expected another path: below nomad/ Nomad takes nomad/jobs, what is below it, and nomad/job-templates/<name>",
  );

const itemName = z.string().regex(/^[A-Za-z0-9_.-]+$/, "expected letters, digits, dots, hyphens and underscores");

/** Nomad variables: texts by name, by path. */
export const variables = z.record(
  variablePath,
  z
    .record(itemName, text)
    .refine((items) => Object.keys(items).length > 0, "expected at least one text: Nomad keeps no empty variable")
    .refine(
      (items) => Buffer.byteLength(Object.entries(items).flat().join("")) <= 64 * kibibyte,
      "expected at most 64 KiB, names and texts together",
    ),
);
