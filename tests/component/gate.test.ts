import * as pulumi from "@pulumi/pulumi";
import { Gate } from "../../components/health/gate";
import type { Requirement } from "../../components/health/requirement";
import { MockEngine } from "../support/mockEngine";

const requirements: Requirement[] = [{ kind: "nomad-keyring", servers: [{ name: "s1", url: "http://10.0.0.1:4646" }] }];

async function gate(preview = false) {
  const engine = await MockEngine.start(pulumi, { preview });
  const agent = pulumi.output("agent-id");
  const made = new Gate("g", {
    title: "Nomad server s1",
    timeoutSeconds: 180,
    requirements,
    agents: [agent, "other-id"],
  });
  await engine.settled();
  return { engine, made };
}

test("a gate is a command that waits, told everything on its standard input", async () => {
  const { engine } = await gate();
  const wait = engine.get("Command", "g-wait");
  expect(wait.parent).toBe("hashistack:health:Gate::g");
  expect(wait.inputs).toEqual({
    create: "exec node --require tsx/cjs components/health/main.ts",
    stdin: JSON.stringify({ title: "Nomad server s1", timeoutSeconds: 180, requirements }),
    triggers: ["agent-id", "other-id"],
    addPreviousOutputInEnv: false,
  });
});

test("it gives up by itself: the engine's own limit comes later", async () => {
  const { engine } = await gate();
  expect(engine.get("Command", "g-wait").timeouts).toEqual({ create: "240s", update: "240s" });
});

test("what was found healthy is its output", async () => {
  const { engine, made } = await gate();
  expect(engine.get("Gate", "g").outputs).toEqual({ healthy: "Nomad server s1: healthy" });
  expect(await new Promise((resolve) => made.healthy.apply(resolve))).toBe("Nomad server s1: healthy");
});

test("a preview plans it without waiting", async () => {
  const { engine } = await gate(true);
  expect(engine.get("Command", "g-wait").inputs.triggers).toEqual(["agent-id", "other-id"]);
});
