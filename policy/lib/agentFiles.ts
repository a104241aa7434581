import type { Resource } from "./check";

/** An agent's configuration file, parsed. */
export interface AgentFile {
  readonly product: "consul" | "nomad";
  readonly config: Readonly<Record<string, unknown>>;
}

/** A file in the script that sets an agent up on an Ubuntu machine: see `components/hosts/ubuntu/agent.ts`. */
const heredocs = /^file (?<name>(?:consul|nomad)\.json) <<'(?<end>\w+)'\n(?<text>[\s\S]*?)\n\k<end>$/gm;

/** Configuration files that a container or a command brings, as far as they are known. */
export function agentFilesOf({ props }: Pick<Resource, "props">): AgentFile[] {
  const { uploads, create } = props as { uploads?: { file?: string; content?: string }[]; create?: unknown };
  const texts = [
    ...(uploads ?? []).map((upload) => [upload?.file?.split("/").at(-1), upload?.content] as const),
    ...[...(typeof create === "string" ? create.matchAll(heredocs) : [])].map(
      ({ groups }) => [groups?.name, groups?.text] as const,
    ),
  ];
  return texts.flatMap(([name, text]): AgentFile[] => {
    const [, product] = /^(consul|nomad)\.json$/.exec(name ?? "") ?? [];
    return product && typeof text === "string"
      ? [{ product: product as AgentFile["product"], config: JSON.parse(text) }]
      : [];
  });
}
