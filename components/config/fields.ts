import { z } from "zod";
import { isLoopback } from "../address";

/** What a host does. A Consul agent runs on every host, whatever its roles. */
export const roles = ["consul-server", "nomad-server", "nomad-client", "ingress"] as const;
export type Role = (typeof roles)[number];

/** Task drivers that a Nomad client can be made to offer. */
export const drivers = ["docker", "exec", "raw_exec", "qemu"] as const;
export type Driver = (typeof drivers)[number];

export const label = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "expected 1 to 63 lower-case letters, digits and inner hyphens");

export const text = z.string("expected text");

export const version = z
  .string('expected a version in quotes, such as "1.11.3"')
  .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/, 'expected a version such as "1.11.3"');

export const repository = z
  .string()
  .regex(
    /^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/,
    "expected an image repository without a tag, such as hashicorp/consul or mirror.example:5000/consul",
  )
  .refine((name) => !/:[^/]*$/.test(name), "expected no tag: the version is set under `versions`");

export const port = z.int("expected a whole number").min(1, "expected 1 to 65535").max(65535, "expected 1 to 65535");

export const logLevel = z.enum(["trace", "debug", "info", "warn", "error"]);

export const ipv4 = z
  .ipv4('expected an IPv4 address, such as "10.0.0.11"')
  .refine((ip) => ip !== "0.0.0.0", "expected the address at which the other hosts reach this one, not 0.0.0.0")
  // Agents on one machine ask each other on 127.0.0.1, and Nomad publishes tasks' ports on the first address of `lo`.
  .refine((ip) => !isLoopback(ip) || ip === "127.0.0.1", "expected 127.0.0.1, the only loopback address that is used");

/** A list in which nothing stands twice. */
export function distinct<T extends readonly [string, ...string[]]>(values: T, what: string) {
  return z
    .array(z.enum(values))
    .min(1, `expected at least one of ${values.join(", ")}`)
    .refine((list) => new Set(list).size === list.length, `expected every ${what} once`);
}

/** Base URL of a site, without a slash at its end. It is no secret, so it holds none. */
export const site = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s?#/])?$/.test(text) && URL.canParse(text),
    "expected http:// or https:// and a host: no user, no password, no slash at the end",
  );

/** Host name or IPv4 address. */
export const hostName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "expected a host name or an IPv4 address, without user and port");

/** Absolute path, or one relative to the project. */
export const path = z
  .string()
  .min(1, "expected a path")
  .refine((text) => !/-----BEGIN |[\r\n]/.test(text), "expected the path of a file, not what stands in it");

/** PEM or OpenSSH text. */
export const keyText = z
  .string()
  .regex(/^-----BEGIN [A-Z0-9 ]+-----\r?\n/, "expected the text of a key, which begins with -----BEGIN …-----");
