import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensureTool, pinnedVersion, toolNames } from "../../offline/toolchain";
import { recipes } from "../../offline/toolchain/recipes";

const run = promisify(execFile);
const before = process.env.HASHISTACK_TOOLS;

beforeAll(() => {
  process.env.HASHISTACK_TOOLS = "build";
});
afterAll(() => {
  if (before === undefined) delete process.env.HASHISTACK_TOOLS;
  else process.env.HASHISTACK_TOOLS = before;
});

/** With cold caches each is compiled first. */
const buildMs = 20 * 60_000;

test.each(toolNames)(
  "%s is built from its Go modules and tells its release's version",
  async (name) => {
    const tool = await ensureTool(name, { report: (message) => process.stderr.write(`${message}\n`) });
    expect(tool).toMatchObject({ name, version: pinnedVersion(name), origin: "built" });
    const { stdout } = await run(tool.path, [...recipes[name].versionArguments]);
    const version = tool.version.replaceAll(".", "\\.");
    const line = {
      pulumi: `v${version}`,
      consul: `Consul v${version}`,
      nomad: `Nomad v${version}`,
      fabio: `${version} go\\S+`,
      vault: `Vault v${version}, built \\S+`,
    };
    expect(stdout.split("\n")[0]).toMatch(new RegExp(`^${line[name]}$`));
  },
  buildMs,
);
