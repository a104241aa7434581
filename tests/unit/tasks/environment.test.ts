import { sharedBackend } from "../../../tasks/lib/environment";

test.each<[NodeJS.ProcessEnv, string | undefined]>([
  [{}, undefined],
  [{ HASHISTACK_BACKEND: "" }, undefined],
  [{ PULUMI_CONFIG_PASSPHRASE: "x" }, undefined],
  [{ HASHISTACK_BACKEND: "s3://b", PULUMI_CONFIG_PASSPHRASE: "" }, "s3://b"],
  [{ HASHISTACK_BACKEND: "s3://b", PULUMI_CONFIG_PASSPHRASE_FILE: "f" }, "s3://b"],
])("%j shares the state at %s", (environment, url) => {
  expect(sharedBackend(environment)).toBe(url);
});

test("a shared state wants its passphrase", () => {
  expect(() => sharedBackend({ HASHISTACK_BACKEND: "s3://b" })).toThrow(
    "The state lies in s3://b (HASHISTACK_BACKEND), but its passphrase is not set",
  );
});
