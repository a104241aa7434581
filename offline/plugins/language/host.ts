import type { ChildProcess } from "node:child_process";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Methods, PluginProcess } from "../kit/server";
import { installPackages } from "./install";
import { parseOptions } from "./options";
import { dependencies, requiredPlugins } from "./packages";
import { runPolicyPack } from "./policyPack";
import { runProgram } from "./program";

/** How long a program may take to end once it is asked to, before it is ended, in milliseconds. */
const stopTimeout = 4000;

/** The Node.js language host: starts programs and policy packs, and tells the engine what they need. Whatever else is asked: not here. */
export function createLanguageHost(version: string, engineAddressArgument: string | undefined): PluginProcess {
  let engineAddress = engineAddressArgument;
  const running = new Set<ChildProcess>();
  const stop = (child: ChildProcess) => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), stopTimeout).unref();
  };
  const stopAll = () => {
    for (const child of running) stop(child);
  };
  const directoryOf = (request: { getInfo(): pb.ProgramInfo | undefined; getPwd?(): string }) =>
    request.getInfo()?.getProgramDirectory() || request.getPwd?.() || process.cwd();

  const methods: Methods = {
    async handshake(request: pb.LanguageHandshakeRequest) {
      engineAddress = request.getEngineAddress() || engineAddress;
      return new pb.LanguageHandshakeResponse();
    },
    async getPluginInfo() {
      return new plugin.PluginInfo().setVersion(version);
    },
    async about() {
      // This file is started through `env node`: what runs it is what will run the program.
      return new pb.AboutResponse().setExecutable(process.execPath).setVersion(process.version);
    },
    async getRequiredPackages(request: pb.GetRequiredPackagesRequest) {
      return new pb.GetRequiredPackagesResponse().setPackagesList(
        requiredPlugins(directoryOf(request)).map((required) => {
          const dependency = new plugin.PackageDependency()
            .setKind("resource")
            .setName(required.name)
            .setVersion(required.version)
            .setServer(required.server ?? "");
          const { parameterization } = required;
          if (parameterization === undefined) return dependency;
          return dependency.setParameterization(
            new plugin.PackageParameterization()
              .setName(parameterization.name)
              .setVersion(parameterization.version)
              .setValue(parameterization.value),
          );
        }),
      );
    },
    async getRequiredPlugins(request: pb.GetRequiredPluginsRequest) {
      return new pb.GetRequiredPluginsResponse().setPluginsList(
        requiredPlugins(directoryOf(request)).map((required) =>
          new plugin.PluginDependency()
            .setKind("resource")
            .setName(required.name)
            .setVersion(required.version)
            .setServer(required.server ?? ""),
        ),
      );
    },
    async getProgramDependencies(request: pb.GetProgramDependenciesRequest) {
      return new pb.GetProgramDependenciesResponse().setDependenciesList(
        dependencies(directoryOf(request), request.getTransitivedependencies()).map(({ name, version }) =>
          new pb.DependencyInfo().setName(name).setVersion(version),
        ),
      );
    },
    async run(request: pb.RunRequest) {
      const info = request.getInfo();
      let current: ChildProcess | undefined;
      const result = await runProgram(
        {
          programDirectory: directoryOf(request),
          rootDirectory: info?.getRootDirectory() ?? "",
          entryPoint: info?.getEntryPoint() || request.getProgram() || ".",
          arguments: request.getArgsList(),
          options: (info?.getOptions()?.toJavaScript() ?? {}) as { [name: string]: unknown },
          monitorAddress: request.getMonitorAddress(),
          engineAddress,
          organization: request.getOrganization(),
          project: request.getProject(),
          stack: request.getStack(),
          dryRun: request.getDryrun(),
          parallel: request.getParallel(),
          config: Object.fromEntries(request.getConfigMap().toArray()),
          configSecretKeys: request.getConfigsecretkeysList(),
        },
        (child) => {
          current = child;
          running.add(child);
        },
      ).finally(() => current && running.delete(current));
      return new pb.RunResponse().setError(result.error).setBail(result.bail);
    },
    async runPlugin(request: pb.RunPluginRequest, cancelled: AbortSignal) {
      if (request.getKind() !== "analyzer") {
        throw new Error(
          `This stand-in of the Node.js language host runs policy packs (analyzer), not plugins of the kind ` +
            `${JSON.stringify(request.getKind())}; those take the official one.`,
        );
      }
      const output = runPolicyPack(
        {
          directory: directoryOf(request),
          arguments: request.getArgsList(),
          environment: request.getEnvList(),
          options: (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as { [name: string]: unknown },
        },
        cancelled,
        (child) => {
          running.add(child);
          child.on("close", () => running.delete(child));
          cancelled.addEventListener("abort", () => stop(child));
        },
      );
      return (async function* () {
        for await (const { stdout, stderr } of output) {
          const response = new pb.RunPluginResponse();
          yield stdout === undefined ? response.setStderr(stderr ?? "") : response.setStdout(stdout);
        }
      })();
    },
    async installDependencies(request: pb.InstallDependenciesRequest) {
      const options = parseOptions(
        (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as { [name: string]: unknown },
      );
      const directory = request.getInfo()?.getProgramDirectory() || request.getDirectory();
      const output = installPackages(directory, options.packageManager);
      return (async function* () {
        for await (const { stdout, stderr } of output) {
          yield new pb.InstallDependenciesResponse().setStdout(stdout ?? "").setStderr(stderr ?? "");
        }
      })();
    },
    async runtimeOptionsPrompts() {
      return new pb.RuntimeOptionsResponse();
    },
    async cancel() {
      stopAll();
      return new Empty();
    },
  };

  return {
    service: LanguageRuntimeService as never,
    methods,
    cancel: stopAll,
    close: async () => {
      await Promise.all([...running].map((child) => new Promise((resolve) => child.on("close", resolve))));
    },
  };
}
