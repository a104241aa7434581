import { asObject, type Block, blocksOf, type Json } from "./hcl";
import type { JobFile } from "./jobFile";
import { filledIn, type Values } from "./values";

/** A setting that Nomad reads as text: with what is known filled in, the rest as `${…}`. Absent where nobody set it. */
type Setting = string | undefined;

export interface GroupContents {
  readonly name: string;
  /** `mode` of its network block. */
  readonly networkMode: Setting;
  readonly tasks: readonly TaskContents[];
  /** Services of the group and of its tasks. */
  readonly services: readonly ServiceContents[];
}

export interface TaskContents {
  readonly name: string;
  readonly driver: Setting;
  readonly image: Setting;
  readonly privileged: Setting;
  readonly networkMode: Setting;
  /** `cap_add` of its driver; one text where the list is itself an expression. */
  readonly addedCapabilities: readonly string[];
  /** What it asks its node for; absent where it has no resources block. */
  readonly resources?: { readonly cpu: Setting; readonly cores: Setting; readonly memory: Setting };
}

export interface ServiceContents {
  /** Its name; where it has none, Nomad makes one of the job's, the group's and the task's. */
  readonly name: Setting;
  /** Task that it belongs to, where it is not the group's. */
  readonly task?: string;
  /** How many checks are written down. */
  readonly checks: number;
}

/** What a job's groups hold, given the values that the stack sets. */
export function contentsOf(file: Pick<JobFile, "groups" | "variables">, vars: Values["vars"]): GroupContents[] {
  const values = { variables: file.variables, vars };
  const setting = (value: Json): Setting =>
    value === undefined || value === null ? undefined : filledIn(String(value), values);
  return file.groups.map(({ label, body }) => {
    const tasks = blocksOf(body, "task");
    return {
      name: label,
      networkMode: setting(blocksOf(body, "network")[0]?.body.mode),
      tasks: [...tasks, ...sidecars(body)].map((task) => taskOf(task, setting)),
      services: [
        ...servicesOf(body, setting),
        ...tasks.flatMap(({ label: task, body }) => servicesOf(body, setting).map((each) => ({ ...each, task }))),
      ],
    };
  });
}

type ReadSetting = (value: Json) => Setting;

function taskOf({ label, body }: Block, setting: ReadSetting): TaskContents {
  const config = blocksOf(body, "config")[0]?.body ?? asObject(body.config) ?? {};
  const resources = blocksOf(body, "resources")[0]?.body;
  const { cap_add: added } = config;
  return {
    name: label,
    driver: setting(body.driver),
    image: setting(config.image),
    privileged: setting(config.privileged),
    networkMode: setting(config.network_mode),
    addedCapabilities: (Array.isArray(added) ? added : [added]).flatMap((each) => setting(each) ?? []),
    ...(resources
      ? {
          resources: {
            cpu: setting(resources.cpu),
            cores: setting(resources.cores),
            memory: setting(resources.memory),
          },
        }
      : {}),
  };
}

/** A service mesh's sidecar is a task, too, where the file says what it runs. */
function sidecars(group: Json): Block[] {
  return blocksOf(group, "service").flatMap(({ body }) =>
    blocksOf(body, "connect").flatMap((connect) =>
      blocksOf(connect.body, "sidecar_task").map((task) => ({
        ...task,
        label: `sidecar of ${body.name ?? "service"}`,
      })),
    ),
  );
}

function servicesOf(parent: Json, setting: ReadSetting): ServiceContents[] {
  return blocksOf(parent, "service").map(({ body }) => ({
    name: setting(body.name),
    checks: blocksOf(body, "check").length,
  }));
}
