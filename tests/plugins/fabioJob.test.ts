import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { renderFabioJob } from "../../components/fabio/job";
import { lockedClusterOf, type Raw, sandbox, topologyOf } from "../support/configs";
import { NomadAgent } from "./support/nomadAgent";
import { nomadCommand } from "./support/tools";

const run = promisify(execFile);

function jobOf(raw: Raw): string {
  const { fabioJob } = topologyOf({ ...raw, fabio: { runsAs: "nomad-job", ...(raw.fabio as object) } });
  if (fabioJob === undefined) {
    throw new Error("this configuration was meant to make a job of Fabio");
  }
  return renderFabioJob(fabioJob, { ca: "ca", certificate: "certificate" });
}

const certificate = { certFile: "cert.pem", keyFile: "key.pem" };
const jobs: Readonly<Record<string, string>> = {
  "of the sandbox": jobOf(sandbox),
  "of a locked cluster": jobOf({ ...lockedClusterOf(3, 3, 2), fabio: { certificate } }),
};

let nomad: NomadAgent;
let command: string;
beforeAll(async () => {
  command = await nomadCommand();
  nomad = await NomadAgent.start(command);
}, 900_000);
afterAll(() => nomad?.stop());

test.each(Object.entries(jobs))(
  "Nomad reads the job %s, without a server, and loses nothing of it",
  async (_, text) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "hs-test-fabio-job-"));
    try {
      const file = path.join(folder, "fabio.json");
      await writeFile(file, text);
      const { stdout } = await run(command, ["job", "run", "-json", "-output", file]);
      expect(JSON.parse(stdout)).toMatchObject(JSON.parse(text));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

test.each(Object.entries(jobs))("Nomad finds nothing to object to in the job %s", async (_, text) => {
  const { Job } = JSON.parse(text);
  const { ValidationErrors, Error: summary } = await nomad.api<{ ValidationErrors: string[] | null; Error: string }>(
    "PUT",
    "/v1/validate/job",
    { Job: { ...Job, Namespace: "default" } },
  );
  expect({ ValidationErrors, summary }).toEqual({ ValidationErrors: null, summary: "" });
});
