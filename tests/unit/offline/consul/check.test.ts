import { configEntry } from "../../../../offline/plugins/consul/configEntry";
import { keyPrefix } from "../../../../offline/plugins/consul/keyPrefix";
import { keys } from "../../../../offline/plugins/consul/keys";
import { type CheckResult, UNKNOWN, type Values } from "../../../../offline/plugins/kit/definition";

interface Checked {
  readonly check?: (news: Values, olds: undefined, context: never) => CheckResult | Promise<CheckResult>;
}

/** Why inputs are refused. */
async function reasons(definition: Checked, news: Values): Promise<string[]> {
  const { inputs, failures = [] } = (await definition.check?.(news, undefined, undefined as never)) ?? { inputs: {} };
  expect(inputs).toBe(news);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

const segments = "expected segments between slashes, e.g. fabio/config";

test.each<[Values, string]>([
  [{ path: "/a", value: "s" }, `keys[0].path: keys[0].path is "/a", which begins with a slash; ${segments}`],
  [{ path: "a//b" }, `keys[0].path: keys[0].path is "a//b", which has an empty segment (//); ${segments}`],
  [
    { path: "a", name: "a", delete: true },
    "keys[0].delete: keys[0] is only read (it has a name and no value): delete would take away what somebody else " +
      "wrote; take it out, or give a value",
  ],
])("keys: %j is refused", async (key, reason) => {
  expect(await reasons(keys, { keys: [key] })).toEqual([reason]);
});

test("keys: a path twice is refused, and what is not known yet is not", async () => {
  const twice = [{ path: "a", value: "1" }, { path: "b" }, { path: "a", value: "2" }];
  expect(await reasons(keys, { keys: twice })).toEqual([
    'keys[2].path: keys[2].path is "a", which keys[0].path is already; give every key once',
  ]);
  const unknown = [{ path: UNKNOWN, value: UNKNOWN, name: "n", delete: true }, { path: UNKNOWN }, UNKNOWN];
  expect(await reasons(keys, { keys: unknown })).toEqual([]);
  expect(await reasons(keys, { keys: UNKNOWN })).toEqual([]);
  expect(await reasons(keys, {})).toEqual([]);
});

test.each<[Values, string[]]>([
  [{ pathPrefix: "" }, ['pathPrefix: pathPrefix is "", which is empty; expected e.g. app/']],
  [{ pathPrefix: "../acl/" }, ['pathPrefix: pathPrefix is "../acl/", which has a segment . or ..; expected e.g. app/']],
  [
    { pathPrefix: "a/", subkeys: { "../b": "1" } },
    [`subkeys["../b"]: subkeys["../b"] is "a/../b", which has a segment . or ..; ${segments}`],
  ],
  [
    { pathPrefix: "a/", subkeys: { b: "1" }, subkeyCollection: [{ path: "b", value: "2" }] },
    ['subkeyCollection[0].path: subkeyCollection[0].path is "a/b", which subkeys["b"] is already; give every key once'],
  ],
  [{ pathPrefix: UNKNOWN, subkeys: { "..": "1" } }, []],
  [{ pathPrefix: "a", subkeys: UNKNOWN, subkeyCollection: [UNKNOWN, { path: UNKNOWN }] }, []],
  [{ pathPrefix: "a/", subkeys: { "": "folder", b: "1" } }, []],
])("a prefix: %j", async (news, expected) => {
  expect(await reasons(keyPrefix, news)).toEqual(expected);
});

test("config entries: a kind whose fields are not known, a name that is none, and what is no object", async () => {
  expect(await reasons(configEntry, { kind: "mesh", name: "..", configJson: "[]" })).toEqual([
    'kind: the stand-in for the consul plugin does not support config entries of the kind "mesh" ' +
      "(it has proxy-defaults, service-defaults, service-intentions); use the official plugin",
    'name: name is ".."; expected the name of a service',
    'configJson: configJson is no JSON object; expected e.g. {"Protocol":"http"}',
  ]);
  expect(await reasons(configEntry, { kind: UNKNOWN, name: "*", configJson: UNKNOWN })).toEqual([]);
});
