import { randomBytes } from "node:crypto";
import { type Context, defineFunction, defineResource, property, type ValuesOf } from "../kit";
import { findAssets } from "./glob";
import { checkLogging } from "./logging";
import type { Logging } from "./output";
import { runLocal } from "./process";

const base = {
  interpreter: property.list(property.string()),
  dir: property.string(),
  environment: property.map(property.string()),
  stdin: property.string(),
  logging: property.string(),
  assetPaths: property.list(property.string()),
  addPreviousOutputInEnv: property.boolean(),
};

const refused = {
  archivePaths:
    "the stand-in for the command plugin does not support `archivePaths`; use `assetPaths` or the official plugin",
};

const outputs = {
  stdout: property.string({ required: true }),
  stderr: property.string({ required: true }),
  assets: property.map(property.asset()),
};

const commandInputs = {
  ...base,
  create: property.string(),
  update: property.string(),
  delete: property.string(),
  triggers: property.list(property.any(), { replaces: true }),
};

/** What a run before this one printed: the next one finds it in its environment. */
interface Previous {
  readonly stdout?: unknown;
  readonly stderr?: unknown;
}

async function run(command: string, inputs: ValuesOf<typeof base>, previous: Previous, context: Context) {
  const directory = inputs.dir ?? process.cwd();
  const printed = await runLocal({
    command,
    interpreter: inputs.interpreter,
    directory,
    environment: {
      ...(inputs.environment ?? {}),
      ...(inputs.addPreviousOutputInEnv === false ? {} : previousOutput(previous)),
    },
    stdin: inputs.stdin,
    logging: inputs.logging as Logging | undefined,
    signal: context.signal,
    show: context.status,
  });
  const { stdout, stderr } = printed;
  return { stdout, stderr, ...(inputs.assetPaths ? { assets: findAssets(directory, inputs.assetPaths) } : {}) };
}

export function previousOutput(previous: Previous): { [name: string]: string } {
  const { stdout, stderr } = previous;
  return {
    ...(typeof stdout === "string" && stdout !== "" ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(typeof stderr === "string" && stderr !== "" ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}

/** A command on the machine that runs Pulumi. */
export const localCommand = defineResource<unknown>()({
  token: "command:local:Command",
  inputs: commandInputs,
  outputs,
  refused,
  check: (news) => ({ inputs: news, failures: checkLogging(news) }),
  async create(inputs, context) {
    const printed = inputs.create === undefined ? silent : await run(inputs.create, inputs, {}, context);
    return { id: uniqueId(context.name), outputs: printed };
  },
  async update(before, inputs, context) {
    const command = inputs.update ?? inputs.create;
    const { stdout = "", stderr = "", assets } = before.state;
    const kept = { stdout, stderr, assets };
    if (command === undefined) return { outputs: kept };
    return { outputs: { ...kept, ...(await run(command, inputs, before.state, context)) } };
  },
  async delete(before, context) {
    const command = before.inputs.delete;
    if (command !== undefined) await run(command, before.inputs, before.state, context);
  },
});

const runInputs = { ...base, command: property.string({ required: true }) };

/** The same as a function: runs at every preview and update. */
export const localRun = defineFunction<unknown>()({
  token: "command:local:run",
  inputs: runInputs,
  async invoke(inputs, context) {
    return { ...inputs, ...(await run(inputs.command, inputs, {}, context)) };
  },
});

/** A resource without a command has printed nothing. */
const silent = { stdout: "", stderr: "" };

/** `<name><8 hexadecimal digits>`, as the official plugin names its commands. */
export function uniqueId(name: string): string {
  return `${name}${randomBytes(4).toString("hex")}`;
}
