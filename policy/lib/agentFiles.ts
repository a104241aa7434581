import { readAgentCreate } from "../../components/hosts/ubuntu/readAgent";
import type { Resource } from "./check";

/** An agent's configuration file, parsed. */
export interface AgentFile {
  readonly product: "consul" | "nomad";
  readonly config: Readonly<Record<string, unknown>>;
}

/** Configuration files that a container or a command brings, as far as they are known. */
export function agentFilesOf({ props }: Pick<Resource, "props">): AgentFile[] {
  const { uploads, create } = props as { uploads?: { file?: string; content?: string }[]; create?: unknown };
  const installed = typeof create === "string" ? readAgentCreate(create) : undefined;
  const texts = [
    ...(uploads ?? []).map((upload) => [upload?.file?.split("/").at(-1), upload?.content] as const),
    ...Object.entries(installed?.files ?? {}),
  ];
  return texts.flatMap(([name, text]): AgentFile[] => {
    const [, product] = /^(consul|nomad)\.json$/.exec(name ?? "") ?? [];
    return product && typeof text === "string"
      ? [{ product: product as AgentFile["product"], config: JSON.parse(text) }]
      : [];
  });
}
