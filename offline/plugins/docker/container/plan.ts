import type { Before, Outcome, ResourceDefinition, Values } from "../../kit/definition";
import { planCreate, planUpdate } from "../../kit/outputs";
import { isList, isMap, UNKNOWN } from "../../kit/values";
import { containerProperties, containerOutputs as outputs } from "./properties";

const declared = { inputs: containerProperties, outputs } as unknown as ResourceDefinition;

/** The outputs of a container as far as a preview can tell. */
export function plannedOutputs(before: Before<Values> | undefined, news: Values): Outcome {
  if (before !== undefined) return { outputs: planUpdate(declared, "bridged", before.state, news) };
  return { outputs: { ...planCreate(declared, "bridged", news), ports: plannedPorts(news) } };
}

/** The engine chooses the host ports that the program leaves open. */
function plannedPorts(news: Values): Values[string] {
  if (!isList(news.ports)) return news.ports;
  return news.ports.map((port) => (isMap(port) ? { ...port, external: port.external || UNKNOWN } : port));
}
