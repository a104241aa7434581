import { refuseHeldPorts } from "../../../components/fabio/portsHeld";
import { clusterOf, topologyOf } from "../../support/configs";
import { FakeApi } from "../../support/fakeApi";

const plan = topologyOf({ ...clusterOf(1, 2, 2), cluster: { sandbox: true }, fabio: { runsAs: "nomad-job" } });
const registered = "GET /v1/job/fabio?namespace=ingress";

const apis: FakeApi[] = [];
afterEach(() => Promise.all(apis.splice(0).map((api) => api.stop())));

async function api(status: number): Promise<FakeApi> {
  const started = new FakeApi(() => ({ status }));
  apis.push(started);
  return started.start();
}

/** The plan with servers and Fabios at these URLs. */
function at(nomad: FakeApi, ...urls: string[]) {
  const nomadServers = plan.nomadServers.map((server) => ({ ...server, url: nomad.url }));
  const fabios = plan.fabios.map((fabio, i) => ({ ...fabio, url: urls[i] ?? "" }));
  return { ...plan, nomadServers, fabios };
}

/** A port of loopback on which nobody listens. */
async function free(): Promise<string> {
  const gone = await new FakeApi(() => ({})).start();
  await gone.stop();
  return gone.url;
}

test("ports that nobody holds are as they should be", async () => {
  const nomad = await api(404);
  await refuseHeldPorts(at(nomad, await free(), await free()), {});
  expect(nomad.lines).toEqual([registered]);
});

test("a Fabio that answers before its job is there is named, whatever it answers, with the way out", async () => {
  const [nomad, fabio] = [await api(404), await api(502)];
  await expect(refuseHeldPorts(at(nomad, await free(), fabio.url), {})).rejects.toThrow(
    `Fabio's job cannot have its ports: something answers already at ${fabio.url}. If that is Fabio as an agent, change ` +
      "fabio.runsAs in two runs: one with no host in the role ingress, then one with the role and the new setting " +
      "(docs/configuration.md).",
  );
});

test("a job that a killed run had registered already holds its own ports", async () => {
  const [nomad, fabio] = [await api(200), await api(200)];
  await refuseHeldPorts(at(nomad, fabio.url, fabio.url), { nomadToken: "a token" });
  expect(nomad.asked[0]?.headers["x-nomad-token"]).toBe("a token");
  expect(fabio.lines).toEqual([]);
});
