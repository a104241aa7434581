import { withFiles } from "../../../tasks/report/hiddenFiles";
import { planReport } from "../../../tasks/report/model";
import type { Preview } from "../../../tasks/report/preview";
import { clusterOf, topologyOf } from "../../support/configs";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

test("the keys to a host are secret, and its address, which stands in the stack's file, is not", async () => {
  const topology = topologyOf(clusterOf(3, 1));
  const [host] = topology.hosts;
  const address = host?.address ?? "";
  const urn = "urn:pulumi:prod::hashistack::command:remote:Command::x";
  const connection = secret({ host: address, privateKey: "swordfish-9" });
  const state = { deployment: { resources: [{ urn, inputs: { connection } }] } };
  const diagnostics = [{ severity: "warning", message: `${address} takes swordfish-9` }];
  const preview: Preview = { config: {}, steps: [], diagnostics, maybeCorrupt: false };
  const { secrets } = withFiles(preview, topology, state);
  expect(address).toMatch(/\d/);
  expect((await planReport(preview, { stack: "prod", secrets })).warnings).toEqual([`${address} takes [secret]`]);
});
