import fc from "fast-check";
import { pathFailures, pathProblem } from "../../../../offline/plugins/consul/keyPath";

test.each([
  ["", "is empty"],
  ["/a", "begins with a slash"],
  ["/", "begins with a slash"],
  ["a//b", "has an empty segment (//)"],
  ["a//", "has an empty segment (//)"],
  ["a/./b", "has a segment . or .."],
  ["../acl/x", "has a segment . or .."],
  ["..", "has a segment . or .."],
  ["a/..", "has a segment . or .."],
  ["a/../", "has a segment . or .."],
])("%j is refused: it %s", (path, problem) => {
  expect(pathProblem(path)).toBe(problem);
});

test.each(["a", "a/b", "a/", "a b/ü?#%2e", ".a/b..", "..."])("%j is a path", (path) => {
  expect(pathProblem(path)).toBeUndefined();
});

test("a path without a problem is the same to a URL", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(".", "..", "", "a", "%2e", "..a"), { maxLength: 5 }), (segments) => {
      const path = segments.join("/");
      const encoded = `/v1/kv/${path.split("/").map(encodeURIComponent).join("/")}`;
      const same = new URL(`http://x${encoded}`).pathname === encoded;
      return pathProblem(path) !== undefined || same;
    }),
  );
});

test("each wrong path is named with its place, and what stands twice with the first", () => {
  const at = (path: string, i: number) => ({ property: `keys[${i}].path`, path });
  expect(pathFailures(["a", "../x", "b", "a"].map(at))).toEqual([
    {
      property: "keys[1].path",
      reason:
        'keys[1].path is "../x", which has a segment . or ..; expected segments between slashes, e.g. fabio/config',
    },
    { property: "keys[3].path", reason: 'keys[3].path is "a", which keys[0].path is already; give every key once' },
  ]);
});
