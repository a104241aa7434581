import { isIP } from "node:net";
import { type Failure, property, type Value, type Values, type ValuesOf } from "../kit/definition";
import type { JsonName } from "./x509";

const { list, object, string } = property;

/** Distinguished name of who a certificate is for. */
export const subject = object(
  {
    commonName: string(),
    country: string(),
    emailAddress: string(),
    locality: string(),
    organization: string(),
    organizationalUnit: string(),
    postalCode: string(),
    province: string(),
    serialNumber: string(),
    streetAddresses: list(string()),
  },
  { replaces: true },
);
export type Subject = ValuesOf<(typeof subject)["properties"]>;

/** The name in the order in which Go writes it, which the official plugin is made in. */
export function nameOf(given: Subject | undefined): JsonName {
  const { country, organization, organizationalUnit, locality, province, streetAddresses } = given ?? {};
  const parts: [string, readonly (string | undefined)[]][] = [
    ["C", [country]],
    ["O", [organization]],
    ["OU", [organizationalUnit]],
    ["L", [locality]],
    ["ST", [province]],
    ["2.5.4.9", streetAddresses ?? []],
    ["2.5.4.17", [given?.postalCode]],
    ["CN", [given?.commonName]],
    ["2.5.4.5", [given?.serialNumber]],
    ["1.2.840.113549.1.9.1", [given?.emailAddress]],
  ];
  return parts.flatMap(([type, values]) => {
    const present = values.filter((value): value is string => !!value);
    return present.length > 0 ? [{ [type]: present }] : [];
  });
}

/** Further names under which the holder may be reached. */
export const alternativeNames = {
  dnsNames: list(string(), { replaces: true }),
  ipAddresses: list(string(), { replaces: true }),
  uris: list(string(), { replaces: true }),
};

/** Refuses names that are none, before anything is signed. */
export function checkNames(news: Values): { inputs: Values; failures: Failure[] } {
  const wrong = (property: string, expected: string, isRight: (text: string) => boolean): Failure[] => {
    const values: readonly Value[] = Array.isArray(news[property]) ? news[property] : [];
    return values.flatMap((value, i) =>
      typeof value !== "string" || isRight(value)
        ? []
        : [{ property: `${property}[${i}]`, reason: `${JSON.stringify(value)} is ${expected}` }],
    );
  };
  const failures = [
    ...wrong("ipAddresses", "no IP address; expected e.g. 10.0.0.1 or ::1", (text) => isIP(text) !== 0),
    ...wrong("uris", "no URI; expected e.g. spiffe://example.org/web", (text) => text !== "" && !/\s/.test(text)),
  ];
  return { inputs: news, failures };
}
