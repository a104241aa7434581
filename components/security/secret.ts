import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * Random bytes, in hexadecimal, generated once and kept in the state as a secret.
 *
 * A password of hexadecimal digits, because of @pulumi/random's resources this is the one whose id shows nothing: those of
 * `RandomUuid` and `RandomId` are the value itself, in plain text.
 */
export function secretBytes(name: string, bytes: number, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new random.RandomPassword(
    name,
    {
      length: bytes * 2,
      lower: false,
      upper: false,
      numeric: false,
      special: true,
      overrideSpecial: "0123456789abcdef",
    },
    opts,
  ).result;
}
