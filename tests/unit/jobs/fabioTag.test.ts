import fc from "fast-check";
import { routePrefix, routeTagProblem } from "../../../components/jobs/fabioTag";

const form = "expected urlprefix-[host]/path [option=value …]";

test.each([
  "/",
  "/api",
  "/api/v1/",
  "example.com/",
  "example.com:8080/",
  "*.example.com/api",
  "/api strip=/api",
  "/api strip=/api prepend=/v2 weight=0.25",
  "/ weight=0",
  "/ weight=1.0",
  "/ host=dst register=name auth=basic",
  "/ allow=ip:10.0.0.0/8,ip:fe80::1",
  "example.com/ proto=https tlsskipverify=true",
  "/service proto=grpc",
  "example.com/ proto=tcp+sni",
  ":3306 proto=tcp",
  ":65535 proto=tcp pxyproto=true",
  "example.com/ redirect=301,https://www.example.com/",
  "example.com/ redirect=302,https://www.example.com$path",
])("urlprefix-%s is well-formed", (rest) => {
  expect(routeTagProblem(`${routePrefix}${rest}`)).toBeUndefined();
});

test.each([
  ["", `the route is empty; ${form}`],
  [" strip=/a", `the route is empty; ${form}`],
  ["foo", `a route needs a path, at least a trailing slash; ${form}`],
  [":3306", `a route needs a path, at least a trailing slash; ${form}`],
  ["my host/", `"host/" is not option=value, with one blank between options; ${form}`],
  ["foo&bar/", `"foo&bar" is not a host name; ${form}`],
  ["$host/", `"$host" is not a host name; ${form}`],
  ["/  strip=/a", `"" is not option=value, with one blank between options; ${form}`],
  ["/ ", `"" is not option=value, with one blank between options; ${form}`],
  ["/ strip", `"strip" is not option=value, with one blank between options; ${form}`],
  ["/ strip=", `"strip=" is not option=value, with one blank between options; ${form}`],
  ["/ strip=/a strip=/b", "the option strip stands twice"],
  ["/ strip=a", "strip=a is not a path; expected it to start with /"],
  ["/ prepend=a", "prepend=a is not a path; expected it to start with /"],
  ["/ weight=1.5", "weight=1.5 is not a share; expected 0 to 1"],
  ["/ weight=-1", "weight=-1 is not a share; expected 0 to 1"],
  ["/ weight=half", "weight=half is not a share; expected 0 to 1"],
  ["/ weight=0x1", "weight=0x1 is not a share; expected 0 to 1"],
  ["/ proto=udp", "proto=udp is none of http, https, tcp, tcp+sni, https+tcp+sni, tcp-dynamic, grpc, grpcs, ws, wss"],
  ["/ proto=tcp", "a tcp route listens on a port; expected urlprefix-:port proto=tcp"],
  ["db.example.com:3306 proto=tcp", "a tcp route listens on a port; expected urlprefix-:port proto=tcp"],
  ["example.com proto=tcp+sni", `a route needs a path, at least a trailing slash; ${form}`],
  ["/ redirect=301", "redirect=301 is not a redirection; expected status,URL such as 301,https://example.com$path"],
  [
    "/ redirect=200,https://a/",
    "redirect=200,https://a/ is not a redirection; expected status,URL such as 301,https://example.com$path",
  ],
  [
    "/ redirect=301,https://[",
    "redirect=301,https://[ is not a redirection; expected status,URL such as 301,https://example.com$path",
  ],
  [
    "/ redirect=301,https://a/%zz",
    "redirect=301,https://a/%zz is not a redirection; expected status,URL such as 301,https://example.com$path",
  ],
  ["/[a", "brackets and braces cannot stand in a path: Fabio reads them as a pattern"],
  ["/{a,b", "brackets and braces cannot stand in a path: Fabio reads them as a pattern"],
  ['/"', `quotes, backslashes and control characters cannot stand in a route; ${form}`],
  ["/a\\b", `quotes, backslashes and control characters cannot stand in a route; ${form}`],
  ["/a\tstrip=/a", `quotes, backslashes and control characters cannot stand in a route; ${form}`],
  ["/a\nroute del x", `quotes, backslashes and control characters cannot stand in a route; ${form}`],
])("urlprefix-%j is refused", (rest, problem) => {
  expect(routeTagProblem(`${routePrefix}${rest}`)).toBe(problem);
});

const word = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const path = fc.array(word, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const host = fc.oneof(
  fc.constant(""),
  fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(".")),
);
const option = fc.oneof(
  path.map((p) => `strip=${p}`),
  path.map((p) => `prepend=${p}`),
  fc.integer({ min: 0, max: 100 }).map((n) => `weight=${n / 100}`),
  fc.constantFrom("proto=https", "host=dst", "tlsskipverify=true"),
);

test("a plain host with a plain path and known options is never refused", () => {
  const options = fc.uniqueArray(option, { maxLength: 4, selector: (text) => text.split("=")[0] });
  fc.assert(
    fc.property(host, path, options, (h, p, o) => {
      expect(routeTagProblem([`${routePrefix}${h}${p}`, ...o].join(" "))).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

/** How Fabio reads a route command: one that does not match stops every later change of its table. */
const command = /^route\s+add\s+(\S+)\s+(\S+)\s+(\S+)(\s+weight\s+(\S+))?(\s+tags\s+"([^"]*)")?(\s+opts\s+"([^"]*)")?$/;

test("whatever is let through makes a command of one line that Fabio can read", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("/", " ", "=", ":", '"', "\\", "\n", "a", "é", "[") }),
  );
  let passed = 0;
  fc.assert(
    fc.property(text, (rest) => {
      if (routeTagProblem(`${routePrefix}${rest}`) !== undefined) {
        return;
      }
      passed++;
      const [source, ...options] = rest.split(" ");
      const opts = options.length > 0 ? ` opts "${options.join(" ")}"` : "";
      expect(`route add service ${source} http://10.0.0.1:80/${opts}`).toMatch(command);
    }),
    { numRuns: 20_000 },
  );
  expect(passed).toBeGreaterThan(50);
});
