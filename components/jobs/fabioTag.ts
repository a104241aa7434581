/** What Fabio takes for a route among a service's tags. */
export const routePrefix = "urlprefix-";

const protocols = ["http", "https", "tcp", "tcp+sni", "https+tcp+sni", "tcp-dynamic", "grpc", "grpcs", "ws", "wss"];

/**
 * Says what is wrong with a tag that asks Fabio for a route, or nothing where all is well. Fabio rebuilds its whole
 * table from all tags at once: one that it cannot read stops every later change, of every service.
 *
 * The form is `urlprefix-[host]/path [option=value …]`, or `urlprefix-[host]:port proto=tcp`
 * (https://fabiolb.net/quickstart/ and https://fabiolb.net/cfg/).
 */
export function routeTagProblem(tag: string): string | undefined {
  const form = `expected ${routePrefix}[host]/path [option=value …]`;
  const [source = "", ...options] = tag.slice(routePrefix.length).split(" ");
  if (/["'`\\]/.test(tag) || [...tag].some((c) => c < " " || c === "\u007f")) {
    return `quotes, backslashes and control characters cannot stand in a route; ${form}`;
  }
  if (source === "") {
    return `the route is empty; ${form}`;
  }

  const pairs = new Map<string, string>();
  for (const option of options) {
    const [, key, value] = /^([a-z][a-z0-9-]*)=(\S+)$/i.exec(option) ?? [];
    if (key === undefined || value === undefined) {
      return `"${option}" is not option=value, with one blank between options; ${form}`;
    }
    if (pairs.has(key)) {
      return `the option ${key} stands twice`;
    }
    pairs.set(key, value);
  }
  return sourceProblem(source, pairs.get("proto") ?? "http", form) ?? optionProblem(pairs);
}

function sourceProblem(source: string, protocol: string, form: string): string | undefined {
  if (protocol === "tcp") {
    return /^:\d{1,5}$/.test(source)
      ? undefined
      : `a tcp route listens on a port; expected ${routePrefix}:port proto=tcp`;
  }
  if (!source.includes("/")) {
    return `a route needs a path, at least a trailing slash; ${form}`;
  }
  const host = source.slice(0, source.indexOf("/"));
  if (!/^[A-Za-z0-9.*_:-]*$/.test(host)) {
    return `"${host}" is not a host name; ${form}`;
  }
  // Fabio compiles every path as a pattern, whether it will match by patterns or not.
  return /[[\]{}]/.test(source)
    ? "brackets and braces cannot stand in a path: Fabio reads them as a pattern"
    : undefined;
}

function optionProblem(options: ReadonlyMap<string, string>): string | undefined {
  for (const [key, value] of options) {
    if (key === "proto" && !protocols.includes(value)) {
      return `proto=${value} is none of ${protocols.join(", ")}`;
    }
    if ((key === "strip" || key === "prepend") && !value.startsWith("/")) {
      return `${key}=${value} is not a path; expected it to start with /`;
    }
    if (key === "weight" && !/^(0(\.\d+)?|1(\.0+)?)$/.test(value)) {
      return `weight=${value} is not a share; expected 0 to 1`;
    }
    if (key === "redirect" && !isRedirection(value)) {
      return `redirect=${value} is not a redirection; expected status,URL such as 301,https://example.com$path`;
    }
  }
  return undefined;
}

function isRedirection(value: string): boolean {
  const [, target] = /^30[12378],(https?:\/\/[^,]+)$/.exec(value) ?? [];
  return target !== undefined && !/%(?![0-9a-f]{2})/i.test(target) && URL.canParse(target.replaceAll("$path", "/"));
}
