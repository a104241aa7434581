import * as pulumi from "@pulumi/pulumi";
import { type ParsedConfig, parseConfig } from "./parse";

/** Reads this stack's configuration. The only place that does: everything else is handed plain data. */
export function loadConfig(): ParsedConfig {
  const namespace = `${pulumi.getProject()}:`;
  // `pulumi.Config` answers for keys that one asks for; only the whole map shows the keys that nobody knows.
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(namespace));
  return parseConfig(Object.fromEntries(own.map(([key, text]) => [key.slice(namespace.length), parseValue(text)])));
}

/** Structured values arrive as JSON, plain ones as their text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
