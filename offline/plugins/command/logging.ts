import type { Failure, Values } from "../kit";

const allowed = ["stdout", "stderr", "stdoutAndStderr", "none"];

export function checkLogging(inputs: Values): Failure[] {
  const { logging } = inputs;
  if (typeof logging !== "string" || allowed.includes(logging)) return [];
  return [
    {
      property: "logging",
      reason: `\`logging\` is ${JSON.stringify(logging)}; it must be one of ${allowed.join(", ")}`,
    },
  ];
}
