import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, ask } from "../../../components/api/request";
import type { NodeStub } from "../../../components/nomad/nodes";
import { Checkout, type Ran } from "../../e2e/checkout";
import { eventually as eventuallyWithin } from "../../support/eventually";
import { inventoryOf, labUp, machineOf, renewMachines } from "../lab";
import { secretsIn } from "./secrets";

/** What `pulumi stack output` tells of a locked cluster, secrets too. */
export interface Outputs {
  readonly ca: string;
  readonly consulToken: string;
  readonly nomadToken: string;
  readonly jobs: Readonly<Record<string, string>>;
}

export const ingress = ["client-1", "client-2"];

export const say = (line: string) => process.stderr.write(`${line}\n`);

/** Machines take longer than one engine does. */
export const eventually = <T>(check: () => Promise<T>) => eventuallyWithin(check, 60);

export const addressOf = (name: string) => machineOf(inventoryOf(), name).address;

/** The stack `prod` of a copy of this project, on the lab's machines. */
export class LabCluster {
  private found?: Outputs;
  private printed = "";

  private constructor(readonly checkout: Checkout) {}

  /** With machines on which nobody has done anything. */
  static async onBareMachines(): Promise<LabCluster> {
    await labUp(say);
    await renewMachines(
      inventoryOf().machines.map(({ name }) => name),
      say,
    );
    const checkout = await Checkout.create("hashistack-lab-cluster", "lab");
    await checkout.useLab();
    return new LabCluster(checkout);
  }

  async remove(): Promise<void> {
    await this.checkout.sh("make down STACK=prod");
    await this.checkout.remove();
  }

  /** What `make up` did, however it ended. */
  async tryUp(killWhen?: (output: string) => boolean): Promise<Ran> {
    const ran = await this.checkout.sh("make up STACK=prod", killWhen ? { killWhen } : {});
    this.printed += ran.output;
    return ran;
  }

  /** What `make up` prints; it must succeed. */
  async up(): Promise<string> {
    const { code, output } = await this.tryUp();
    if (code !== 0) {
      throw new Error(`make up STACK=prod ended with ${code}:\n${output.split("\n").slice(-80).join("\n")}`);
    }
    return output;
  }

  /** A run that finds everything as it is to be. */
  async upWithoutChange(): Promise<void> {
    const output = await this.up();
    expect(output).toMatch(/\d+ unchanged/);
    expect(output).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
  }

  /** Replaces a text that must stand in the stack's file once. */
  edit(from: string, to: string): Promise<void> {
    return this.checkout.edit("Pulumi.prod.yaml", from, to);
  }

  /** All that the runs so far have printed. */
  get output(): string {
    return this.printed;
  }

  async readOutputs(): Promise<void> {
    const { output } = await this.typed("pulumi stack output --json --show-secrets");
    this.found = JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  }

  get outputs(): Outputs {
    if (this.found === undefined) {
      throw new Error("the cluster did not come up, so nothing can be asked of it");
    }
    return this.found;
  }

  /** Every secret that the program generated. */
  async secrets(): Promise<string[]> {
    const { output } = await this.typed("pulumi stack export --show-secrets");
    return secretsIn(JSON.parse(output.slice(output.indexOf("{"))));
  }

  /** In the environment that `make env` gives, as a person types it. */
  typed(line: string): Promise<Ran> {
    return this.checkout.sh(`eval "$(make -s env STACK=prod)" && ${line}`);
  }

  /** Puts a certificate for HTTPS and its key where the tests' settings look for them. */
  async makeCertificate(): Promise<void> {
    const { code, output } = await this.checkout.sh(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=shop.example -addext subjectAltName=DNS:shop.example -keyout .hashistack/ingress-key.pem -out .hashistack/ingress.pem",
    );
    expect({ code, output }).toMatchObject({ code: 0 });
  }

  /** That a Fabio answers with nginx's page in HTTPS, with that certificate. */
  async servedSafely(name: string): Promise<void> {
    const { code, output } = await this.checkout.sh(
      `curl --silent --show-error --cacert .hashistack/ingress.pem --connect-to shop.example:9443:${addressOf(name)}:9443 https://shop.example:9443/`,
    );
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/nginx/i) });
  }

  /** Asks Consul as whoever holds the token; nobody without one. */
  consul(path: string, token?: string, server = "server-1"): Promise<Answer> {
    return ask(`https://${addressOf(server)}:8501${path}`, {
      ca: this.outputs.ca,
      headers: token ? { "x-consul-token": token } : {},
      timeoutMs: 5000,
    });
  }

  /** Nomad's list of its clients. */
  async nodes(): Promise<readonly NodeStub[]> {
    const answer = await this.nomad("/v1/nodes", this.outputs.nomadToken);
    return (answer.status === 200 ? answer.body : []) as readonly NodeStub[];
  }

  /** Asks Nomad likewise. */
  nomad(path: string, token?: string, server = "server-2"): Promise<Answer> {
    return ask(`https://${addressOf(server)}:4646${path}`, {
      ca: this.outputs.ca,
      headers: token ? { "x-nomad-token": token } : {},
      timeoutMs: 5000,
    });
  }
}

/** A line of the stack's file that has settings of its own before it: there a test puts its. */
export const place = "  # Tasks may read what lies below jobs/.\n";

/** Lines of a host in the stack's file. */
export const client3 = "    - name: client-3\n      address: 10.77.0.23\n      roles: [nomad-client]\n";

/** Does something again and again, until it is ended. */
export function repeat(pauseMs: number, work: () => Promise<void>): { end(): Promise<void> } {
  let going = true;
  const done = (async () => {
    while (going) {
      await work();
      await sleep(pauseMs);
    }
  })();
  return {
    end() {
      going = false;
      return done;
    },
  };
}

/** That a Fabio answers with nginx's page. */
export async function served(name: string): Promise<void> {
  const answer = await ask(`http://${addressOf(name)}:9999/`, { timeoutMs: 5000 });
  expect(answer).toMatchObject({ status: 200, body: expect.stringMatching(/nginx/i) });
}
