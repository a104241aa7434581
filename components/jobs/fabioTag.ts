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
  if (protocol.startsWith("tcp")) {
    return /^[^/\s]*:\d{1,5}$/.test(source) || protocol === "tcp+sni"
      ? undefined
      : `a ${protocol} route listens on a port; expected ${routePrefix}:port proto=${protocol}`;
  }
  if (!source.includes("/")) {
    return `a route needs a path, at least a trailing slash; ${form}`;
  }
  const host = source.slice(0, source.indexOf("/"));
  return /^[A-Za-z0-9.*_:-]*$/.test(host) ? undefined : `"${host}" is not a host name; ${form}`;
}

function optionProblem(options: ReadonlyMap<string, string>): string | undefined {
  for (const [key, value] of options) {
    if (key === "proto" && !protocols.includes(value)) {
      return `proto=${value} is none of ${protocols.join(", ")}`;
    }
    if ((key === "strip" || key === "prepend") && !value.startsWith("/")) {
      return `${key}=${value} is not a path; expected it to start with /`;
    }
    if (key === "weight" && !(Number(value) >= 0 && Number(value) <= 1)) {
      return `weight=${value} is not a share; expected 0 to 1`;
    }
    if (key === "redirect" && !/^30[12378](,\S+)?$/.test(value)) {
      return `redirect=${value} is not a redirection; expected a status such as 301, and where to`;
    }
  }
  return undefined;
}
