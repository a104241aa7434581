import { local, remote } from "@pulumi/command";
import { Container, RemoteImage, Volume } from "@pulumi/docker";
import { Job } from "@pulumi/nomad";
import { RandomPassword } from "@pulumi/random";
import { PrivateKey } from "@pulumi/tls";
import fc from "fast-check";
import { assignments, heredoc, readAssignment, readHeredocs } from "../../../components/hosts/shell";
import { resourceTokens } from "../../../components/tokens";
import { explainFailure } from "../../../tasks/report/explain";
import { readOptions } from "../../../tasks/report/options";
import { directionOf, imageChanges } from "../../../tasks/report/versions";

test("the type tokens are those of the SDKs", () => {
  const typeOf = (Kind: unknown) => (Kind as { __pulumiType: string }).__pulumiType;
  expect(resourceTokens).toEqual({
    container: typeOf(Container),
    image: typeOf(RemoteImage),
    volume: typeOf(Volume),
    remoteCommand: typeOf(remote.Command),
    localCommand: typeOf(local.Command),
    job: typeOf(Job),
    password: typeOf(RandomPassword),
    privateKey: typeOf(PrivateKey),
  });
});

test("a script is taken apart into what it was made of", () => {
  const text = fc.string().filter((each) => !each.includes("\0"));
  fc.assert(
    fc.property(text, text, (value, file) => {
      const script = `${assignments({ before: "x", host: value, on: true })}begin\n${heredoc("file a.json", file)}`;
      const { heredocs, rest } = readHeredocs(script);
      expect(heredocs.at(-1)).toEqual({
        command: "file a.json",
        text: file === "" || file.endsWith("\n") ? file : `${file}\n`,
      });
      expect(readAssignment(rest, "host")).toBe(value);
      expect(readAssignment(rest, "on")).toBe("yes");
    }),
  );
});

test.each([
  ["1.11.3", "1.11.4", "up"],
  ["1.9.0", "1.11.0", "up"],
  ["1.22.7", "1.22.6", "down"],
  ["1.2.0-beta1", "1.2.0", "up"],
  ["1.2.0", "1.2.0-beta1", "down"],
  ["alpine", "1.29", "other"],
] as const)("from %s to %s is %s", (from, to, direction) => {
  expect(directionOf(from, to)).toBe(direction);
});

test("an image with a registry's port is told from its tag", () => {
  expect(imageChanges("web", ["r:5000/nginx:1.29"], ["r:5000/nginx:1.28"])).toMatchObject([{ direction: "down" }]);
  expect(imageChanges("web", ["r:5000/nginx", "redis:7"], ["r:5000/nginx", "redis:7"])).toEqual([]);
  expect(imageChanges("web", ["nginx:1"], ["caddy:2"])).toMatchObject([{ from: "nginx:1", direction: "other" }]);
});

test.each([
  [
    "error: constructing secrets manager: incorrect passphrase",
    /does not fit the stack prod: .*\.hashistack\/passphrase/,
  ],
  ["error: no stack named 'prod' found", /stack prod is not in the state/],
  ["error: the stack is currently locked by 1 lock(s)", /Another run works on the stack prod/],
  ["a\nb\nsomething new", /ended with 255 and gave no preview:\na\nb\nsomething new/],
])("Pulumi's %j is explained", (said, sentence) => {
  expect(explainFailure("prod", 255, said, false)).toMatch(sentence);
});

test("where the state is shared, its passphrase is looked for elsewhere", () => {
  expect(explainFailure("prod", 255, "incorrect passphrase", true)).toMatch(
    /fit the stack prod: .* PULUMI_CONFIG_PASSPHRASE,/,
  );
});

test("what the command line leaves out comes from make's variables", () => {
  expect(readOptions([], { STACK: "prod", FORMAT: "json" })).toMatchObject({
    stack: "prod",
    format: "json",
    nomad: true,
  });
  expect(readOptions(["--stack", "x", "--no-nomad"], { STACK: "prod" })).toMatchObject({ stack: "x", nomad: false });
  expect(() => readOptions(["--format", "html"], {})).toThrow('--format "html": expected one of markdown, json, text.');
  expect(() => readOptions(["--fail-on", "x"], {})).toThrow(/attention, refused, never/);
  expect(() => readOptions(["--frm"], {})).toThrow(/Unknown option '--frm'[\s\S]*--from preview.json/);
});
