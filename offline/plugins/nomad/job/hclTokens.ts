/** One token of HCL. Comments are none; line ends are, since they end attributes. */
export interface Token {
  readonly kind: "newline" | "string" | "heredoc" | "word" | "mark";
  readonly text: string;
  readonly line: number;
}

/** Text that is not HCL, with the line where that shows. */
export class HclError extends Error {
  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.name = "HclError";
  }
}

const space = /[ \t\r]+/y;
const comment = /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const word = /[\p{L}\p{N}_][\p{L}\p{N}_.-]*/uy;
const heredocStart = /<<-?([\p{L}_][\p{L}\p{N}_-]*)[ \t\r]*\n/uy;
const mark = /==|!=|<=|>=|&&|\|\||=>|\.\.\.|[^\s]/y;

/**
 * Splits HCL into tokens. Runs of line ends count as one.
 *
 * @throws HclError for a string, heredoc or comment that never ends.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const take = (kind: Token["kind"] | undefined, text: string) => {
    const repeated = kind === "newline" && (tokens.length === 0 || tokens.at(-1)?.kind === "newline");
    if (kind !== undefined && !repeated) tokens.push({ kind, text, line });
    at += text.length;
    line += text.split("\n").length - 1;
  };
  while (at < source.length) {
    const skipped = match(space) ?? match(comment);
    const heredoc = match(heredocStart);
    if (skipped) take(undefined, skipped[0]);
    else if (source.startsWith("/*", at)) throw new HclError(line, "the comment /* is not closed; end it with */");
    else if (source[at] === "\n") take("newline", "\n");
    else if (source[at] === '"') take("string", source.slice(at, endOfString(source, at, line)));
    else if (heredoc) take("heredoc", source.slice(at, endOfHeredoc(source, at, heredoc, line)));
    else {
      const name = match(word);
      if (name) take("word", name[0]);
      else take("mark", (match(mark) as RegExpExecArray)[0]);
    }
  }
  if (tokens.at(-1)?.kind === "newline") tokens.pop();
  return tokens;
}

/** Where the string that starts here ends; `${…}` and `%{…}` inside it may hold strings of their own. */
function endOfString(source: string, start: number, line: number): number {
  for (let i = start + 1; i < source.length; i++) {
    const c = source[i];
    if (c === "\\") i++;
    else if (c === '"') return i + 1;
    else if (c === "\n") break;
    else if ((c === "$" || c === "%") && source[i + 1] === c && source[i + 2] === "{") i += 2;
    else if ((c === "$" || c === "%") && source[i + 1] === "{") i = endOfTemplate(source, i + 2, line) - 1;
  }
  throw new HclError(line, 'the string is not closed; end it with " on the same line');
}

function endOfTemplate(source: string, start: number, line: number): number {
  let depth = 1;
  for (let i = start; i < source.length; i++) {
    if (source[i] === '"') i = endOfString(source, i, line) - 1;
    else if (source[i] === "{") depth++;
    else if (source[i] === "}" && --depth === 0) return i + 1;
  }
  throw new HclError(line, "the expression in the string is not closed; end it with }");
}

function endOfHeredoc(source: string, start: number, opening: RegExpExecArray, line: number): number {
  const name = opening[1] as string;
  const closing = new RegExp(`^[ \\t]*${name}[ \\t\\r]*$`, "m");
  const body = start + opening[0].length;
  const end = closing.exec(source.slice(body));
  if (!end)
    throw new HclError(line, `the text after <<${name} is not closed; end it with ${name} on a line of its own`);
  return body + end.index + end[0].length;
}
