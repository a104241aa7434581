import { defineResource, property, type ValuesOf } from "../kit";
import { connectionShape, shownOfConnection } from "./connection";
import { previousOutput, uniqueId } from "./local";
import { checkLogging } from "./logging";
import type { Logging } from "./output";

const commandInputs = {
  connection: property.object(connectionShape, { required: true, secret: true }),
  create: property.string(),
  update: property.string(),
  delete: property.string(),
  environment: property.map(property.string()),
  stdin: property.string(),
  logging: property.string(),
  addPreviousOutputInEnv: property.boolean(),
  triggers: property.list(property.any(), { replaces: true }),
};

// ssh2 is loaded by the first connection: most runs of this plugin make none.
const ssh = (): typeof import("./ssh") => require("./ssh");

/** A command on another machine, over SSH. */
export const remoteCommand = defineResource<unknown>()({
  token: "command:remote:Command",
  shown: shownOfConnection,
  inputs: commandInputs,
  outputs: { stdout: property.string({ required: true }), stderr: property.string({ required: true }) },
  check: (news) => ({ inputs: news, failures: checkLogging(news) }),
  async create(inputs, context) {
    const { create } = inputs;
    if (create === undefined) return { id: uniqueId(context.name), outputs: { stdout: "", stderr: "" } };
    const outputs = await ssh().runRemote({ ...common(inputs, {}), command: create }, context);
    return { id: uniqueId(context.name), outputs };
  },
  async update(before, inputs, context) {
    const command = inputs.update ?? inputs.create;
    const { stdout = "", stderr = "" } = before.state;
    if (command === undefined) return { outputs: { stdout, stderr } };
    return { outputs: await ssh().runRemote({ ...common(inputs, before.state), command }, context) };
  },
  async delete(before, context) {
    const command = before.inputs.delete;
    if (command === undefined) return;
    await ssh().runRemote({ ...common(before.inputs, before.state), command }, context);
  },
});

type CommandInputs = ValuesOf<typeof commandInputs>;

function common(inputs: CommandInputs, previous: { readonly stdout?: unknown; readonly stderr?: unknown }) {
  return {
    connection: inputs.connection,
    environment: inputs.environment ?? {},
    previous: inputs.addPreviousOutputInEnv === false ? {} : previousOutput(previous),
    stdin: inputs.stdin,
    logging: inputs.logging as Logging | undefined,
  };
}

/** A file or folder put onto another machine over SFTP. Nothing is taken away again. */
export const copyToRemote = defineResource<unknown>()({
  token: "command:remote:CopyToRemote",
  shown: shownOfConnection,
  inputs: {
    connection: property.object(connectionShape, { required: true, secret: true }),
    remotePath: property.string({ required: true }),
    source: property.file({ required: true }),
    triggers: property.list(property.any(), { replaces: true }),
  },
  check(news) {
    const { source } = news;
    const usable =
      typeof source !== "object" || source === null || !("source" in source) || !isUnusable(source.source as object);
    const reason = "`source` must be a StringAsset, a FileAsset or a FileArchive";
    return { inputs: news, failures: usable ? [] : [{ property: "source", reason }] };
  },
  async create(inputs, context) {
    await ssh().copyToRemote(inputs.connection, inputs.source, inputs.remotePath, context);
    return { id: uniqueId(""), outputs: {} };
  },
  async update(before, inputs, context) {
    const old = before.inputs;
    if (old.source.hash !== inputs.source.hash || old.remotePath !== inputs.remotePath) {
      await ssh().copyToRemote(inputs.connection, inputs.source, inputs.remotePath, context);
    }
    return { outputs: {} };
  },
});

function isUnusable(source: object): boolean {
  return "uri" in source || "assets" in source;
}
