import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../../components/config/load";
import { sandbox } from "../../support/configs";

beforeAll(() =>
  pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "hashistack"),
);
afterAll(() => pulumi.runtime.setAllConfig({}));

const sections = Object.fromEntries(
  Object.entries(sandbox).map(([key, value]) => [`hashistack:${key}`, JSON.stringify(value)]),
);

test("structured values are read as JSON, and other projects' keys are none of ours", () => {
  pulumi.runtime.setAllConfig({ ...sections, "docker:host": "unix:///x", "hashistack-other:x": "1" });
  expect(loadConfig().config?.hosts[0]?.name).toBe("sandbox");
});

test("a key that nobody asks for is seen nevertheless, whatever its name", () => {
  pulumi.runtime.setAllConfig({ ...sections, "hashistack:hots": "[]", "hashistack:__proto__": "{}" });
  expect(loadConfig().problems.map(({ where }) => where)).toEqual(["hots", "__proto__"]);
});

test("plain text where a section should stand is a problem, not a syntax error", () => {
  pulumi.runtime.setAllConfig({ ...sections, "hashistack:cluster": "{prod", "hashistack:hosts": "" });
  expect(loadConfig().problems).toEqual([
    { where: "cluster", value: "{prod", message: "expected a mapping" },
    { where: "hosts", value: "", message: "expected a list" },
  ]);
});
