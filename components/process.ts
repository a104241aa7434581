import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface ProcessArgs {
  /** Its file, from the project's root. */
  readonly program: string;
  /** What it is told on its standard input, as JSON: the only way that shows secrets to nobody else. */
  readonly request: pulumi.Input<object>;
  /** Seconds after which the engine ends it. */
  readonly limitSeconds: number;
  /** It runs anew whenever one of these changes. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

/**
 * Runs a program of this project as a resource, on the machine where Pulumi runs: work on a cluster must not happen in
 * previews, and must be done again only when what it depends on changed.
 */
export function runProcess(name: string, args: ProcessArgs, opts: pulumi.CustomResourceOptions): command.local.Command {
  return new command.local.Command(
    name,
    {
      create: started(args.program),
      stdin: asJson(args.request),
      triggers: [...(args.triggers ?? [])],
      addPreviousOutputInEnv: false,
    },
    { ...opts, customTimeouts: { create: `${args.limitSeconds}s`, update: `${args.limitSeconds}s` } },
  );
}

/** Runs a program of this project when the resource is deleted, and only then: before what the resource depends on goes. */
export function runProcessOnDelete(
  name: string,
  args: Omit<ProcessArgs, "triggers">,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    { create: "true", delete: started(args.program), stdin: asJson(args.request), addPreviousOutputInEnv: false },
    { ...opts, customTimeouts: { delete: `${args.limitSeconds}s` } },
  );
}

function started(program: string): string {
  return `exec node --require tsx/cjs ${program}`;
}

function asJson(request: pulumi.Input<object>): pulumi.Input<string> {
  return pulumi.Output.isInstance(request)
    ? (request as pulumi.Output<object>).apply((value) => JSON.stringify(value))
    : JSON.stringify(request);
}
