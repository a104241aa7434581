/** The `runtime.options` of a Pulumi.yaml, as the Node.js language host knows them. */
export interface RuntimeOptions {
  /** Compile TypeScript while loading the program. Default: true. */
  readonly typescript: boolean;
  /** Arguments for `node` itself, split like a shell does. */
  readonly nodeArguments: readonly string[];
  /** Path of the tsconfig.json to load the program with. */
  readonly tsconfig?: string;
  /** Default: by the lock file that is there. */
  readonly packageManager: PackageManager | "auto";
}

const packageManagers = ["npm", "yarn", "pnpm"] as const;
export type PackageManager = (typeof packageManagers)[number];

/** @throws Error naming the option, its value and what is allowed. */
export function parseOptions(options: { readonly [name: string]: unknown }): RuntimeOptions {
  const { typescript = true, nodeargs = "", tsconfig, packagemanager = "auto" } = options;
  return {
    typescript: expect("typescript", typescript, "true or false", (value) => typeof value === "boolean"),
    nodeArguments: splitWords(expect("nodeargs", nodeargs, "a string", (value) => typeof value === "string")),
    tsconfig: expect("tsconfig", tsconfig, "a string", (value) => value === undefined || typeof value === "string"),
    packageManager: expect("packagemanager", packagemanager, `one of auto, ${packageManagers.join(", ")}`, (value) =>
      ["auto", ...packageManagers].includes(value as string),
    ),
  };
}

function expect<T>(name: string, value: unknown, allowed: string, test: (value: unknown) => boolean): T {
  if (test(value)) return value as T;
  throw new Error(`Pulumi.yaml: runtime.options.${name} is ${JSON.stringify(value)}; it must be ${allowed}`);
}

/** Splits a line into words, with single quotes, double quotes and backslashes as in a POSIX shell. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === "\\" && quote !== "'" && i + 1 < line.length) word = (word ?? "") + line.charAt(++i);
    else if (quote !== "") {
      if (char === quote) quote = "";
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + char;
  }
  if (quote !== "") throw new Error(`Pulumi.yaml: runtime.options.nodeargs has an unclosed ${quote}: ${line}`);
  if (word !== undefined) words.push(word);
  return words;
}
