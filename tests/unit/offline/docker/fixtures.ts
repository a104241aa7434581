import type { Inspect } from "../../../../offline/plugins/docker/container/outputs";
import { type ContainerInputs, containerProperties } from "../../../../offline/plugins/docker/container/properties";
import { checkProperties } from "../../../../offline/plugins/kit/check";
import type { Values } from "../../../../offline/plugins/kit/definition";
import { withoutDefaults } from "../../../../offline/plugins/kit/outputs";

/** Inputs as a handler gets them: defaults filled in. */
export function checked(given: Values): ContainerInputs {
  const { inputs, failures } = checkProperties({ image: "sha256:abc", name: "consul", ...given }, containerProperties, {
    style: "bridged",
    package: "docker",
    name: "consul",
  });
  expect(failures).toEqual([]);
  return withoutDefaults(inputs) as unknown as ContainerInputs;
}

/** What engine 20.10 answers for a container with hardly any settings, shortened to what is read. */
export function inspected(changes: { readonly [part: string]: object } = {}): Inspect {
  return {
    Id: "de8115c84772",
    Name: "/consul",
    Image: "sha256:abc",
    Platform: "linux",
    Created: "2026-11-24T09:00:00.123456789Z",
    State: { Running: true, Status: "running", ExitCode: 0, ...changes.State },
    Config: {
      Hostname: "de8115c84772",
      Domainname: "",
      User: "",
      Cmd: ["agent"],
      Entrypoint: null,
      WorkingDir: "",
      Env: ["PATH=/bin"],
      ...changes.Config,
    },
    HostConfig: {
      RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
      NetworkMode: "bridge",
      LogConfig: { Type: "json-file", Config: {} },
      IpcMode: "private",
      Runtime: "runc",
      ShmSize: 67108864,
      Init: false,
      SecurityOpt: null,
      ...changes.HostConfig,
    },
    NetworkSettings: { Bridge: "", Ports: {}, Networks: {}, ...changes.NetworkSettings },
  } as unknown as Inspect;
}
