import { parseDuration } from "../docker/duration";
import { defineResource, type Failure, property, type Value, type ValuesOf } from "../kit/definition";
import type { ConsulClient } from "./client";
import { crud } from "./crud";
import { goJson } from "./json";

const { map, string } = property;

const inputs = {
  config: map(string()),
  configJson: string(),
  description: string(),
  displayName: string(),
  maxTokenTtl: string({ default: "0s", same: sameDuration }),
  name: string({ autoName: true, replaces: true }),
  tokenLocality: string(),
  type: string({ required: true, replaces: true }),
};
type Given = ValuesOf<typeof inputs>;

interface ApiMethod {
  readonly Name: string;
  readonly Type: string;
  readonly Description?: string;
  readonly DisplayName?: string;
  readonly MaxTokenTTL?: string;
  readonly TokenLocality?: string;
  readonly Config: Readonly<Record<string, Value>> | null;
}

/** The provider puts it before the name. */
const prefix = "auth-method-";

/** `consul:index/aclAuthMethod:AclAuthMethod` */
export const aclAuthMethod = defineResource<ConsulClient>()({
  token: "consul:index/aclAuthMethod:AclAuthMethod",
  inputs,

  check(news) {
    const failures: Failure[] = [];
    if (news.config !== undefined && news.configJson !== undefined) {
      failures.push({
        property: "configJson",
        reason: "config and configJson say the same: give one, best configJson",
      });
    }
    if (typeof news.configJson === "string" && !isJsonObject(news.configJson)) {
      // Without the parser's words: they quote the text.
      failures.push({ property: "configJson", reason: 'configJson is no JSON object; expected e.g. {"JWKSURL":"…"}' });
    }
    if (typeof news.maxTokenTtl === "string" && parseDuration(news.maxTokenTtl) === undefined) {
      failures.push({
        property: "maxTokenTtl",
        reason: `${JSON.stringify(news.maxTokenTtl)} is no duration; expected e.g. 1h30m`,
      });
    }
    return { inputs: news, failures };
  },

  // The state tells the configuration in both ways.
  diff(_before, news, _context, compare) {
    const given = Object.keys(news.config ?? {}).length > 0;
    return { changes: compare().changes.filter(({ path }) => !(given && path === "configJson")) };
  },

  ...crud<Given, ApiMethod>({
    what: "ACL auth method",
    path: "/v1/acl/auth-method",
    idOf: ({ Name }) => `${prefix}${Name}`,
    keyOf: (id) => (id.startsWith(prefix) ? id.slice(prefix.length) : id),
    body: (given) => ({
      Name: given.name,
      Type: given.type,
      Description: given.description ?? "",
      DisplayName: given.displayName ?? "",
      MaxTokenTTL: given.maxTokenTtl,
      TokenLocality: given.tokenLocality ?? "",
      Config: given.configJson ? (JSON.parse(given.configJson) as Value) : (given.config ?? {}),
    }),
    flatten: (found) => ({
      name: found.Name,
      type: found.Type,
      description: found.Description ?? "",
      displayName: found.DisplayName ?? "",
      maxTokenTtl: found.MaxTokenTTL || "0s",
      namespaceRules: [],
      tokenLocality: found.TokenLocality ?? "",
      config: textsOnly(found.Config ?? {}),
      configJson: goJson(found.Config),
    }),
  }),
});

/** The older way to tell a configuration knows texts only: where there is anything else, it tells nothing. */
function textsOnly(config: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.values(config).every((value) => typeof value !== "object") ? config : {};
}

function sameDuration(before: Value, after: Value): boolean {
  const [old, now] = [parseDuration(String(before)), parseDuration(String(after))];
  return old !== undefined && old === now;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
