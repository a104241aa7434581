import { containerFailures } from "../../../../offline/plugins/docker/container/limits";
import { UNKNOWN, type Values } from "../../../../offline/plugins/kit/definition";

test.each<[Values, string, RegExp]>([
  [{ attach: true }, "attach", /not supported/],
  [{ logs: true }, "logs", /not supported/],
  [{ restart: "sometimes" }, "restart", /"no", "on-failure", "always", "unless-stopped"/],
  [{ healthcheck: { tests: [], interval: "10" } }, "healthcheck.interval", /not a duration/],
  [{ healthcheck: { tests: [], startInterval: "1s" } }, "healthcheck.startInterval", /not supported/],
  [{ mounts: [{ type: "bind" }, { type: "npipe" }] }, "mounts[1].type", /"bind", "volume", "tmpfs"/],
  [{ uploads: [{ file: "/a" }] }, "uploads[0]", /one of content, contentBase64 and source must be set/],
  [{ uploads: [{ file: "/a", content: "x", source: "y" }] }, "uploads[0]", /only one .*content, source/],
  [{ uploads: [{ file: "/a", content: "x", permissions: "644" }] }, "uploads[0].permissions", /four octal digits/],
  [{ volumes: [{ hostPath: "/a" }] }, "volumes[0]", /containerPath or fromContainer/],
  [{ volumes: [{ fromContainer: "a", containerPath: "/b" }] }, "volumes[0]", /exclude each other/],
  [{ volumes: [{ containerPath: "/b", hostPath: "relative" }] }, "volumes[0].hostPath", /absolute/],
  [{ command: ["a", ""] }, "command[1]", /may not be empty/],
  [{ memorySwap: -2 }, "memorySwap", /less than -1/],
])("%j is refused by name", (inputs, property, reason) => {
  const failures = containerFailures(inputs);
  expect(failures.map((failure) => failure.property)).toEqual([property]);
  expect(failures[0]?.reason).toMatch(reason);
});

test("what is not known yet passes", () => {
  expect(
    containerFailures({
      command: UNKNOWN,
      restart: UNKNOWN,
      uploads: [{ file: "/a", content: UNKNOWN }, UNKNOWN],
      volumes: UNKNOWN,
      healthcheck: UNKNOWN,
    }),
  ).toEqual([]);
});

test("an empty file may be uploaded", () => {
  expect(containerFailures({ uploads: [{ file: "/a", content: "" }] })).toEqual([]);
});
