import { HclError, type Token, tokenize } from "./hclTokens";

/** A block such as `variable "port" { … }`. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: Body;
}

/** What stands in a block or a file: attributes with the tokens of their expressions, and blocks. */
export interface Body {
  readonly attributes: Readonly<Record<string, readonly Token[]>>;
  readonly blocks: readonly Block[];
}

/**
 * Reads the outline of an HCL file: blocks and attributes; expressions stay tokens.
 *
 * @throws HclError with the line, where braces, strings or attributes are malformed.
 */
export function parseHcl(source: string): Body {
  const tokens = tokenize(source);
  const { body, next } = parseBody(tokens, 0, false);
  const rest = tokens[next];
  if (rest) throw new HclError(rest.line, `${rest.text} closes nothing`);
  return body;
}

function parseBody(tokens: readonly Token[], start: number, nested: boolean): { body: Body; next: number } {
  const attributes: Record<string, readonly Token[]> = {};
  const blocks: Block[] = [];
  let i = start;
  while (i < tokens.length) {
    const token = tokens[i] as Token;
    if (token.kind === "newline") i++;
    else if (token.text === "}") {
      if (nested) return { body: { attributes, blocks }, next: i + 1 };
      break;
    } else if (token.kind !== "word" && token.kind !== "string") {
      throw new HclError(token.line, `a block or an attribute is expected here, not ${token.text}`);
    } else if (tokens[i + 1]?.text === "=") {
      const next = endOfExpression(tokens, i + 2);
      if (next === i + 2) throw new HclError(token.line, `the attribute ${token.text} has no value`);
      attributes[unquoted(token)] = tokens.slice(i + 2, next);
      i = next;
    } else {
      const opening = i + 1 + tokens.slice(i + 1).findIndex(({ kind }) => kind !== "string" && kind !== "word");
      if (opening <= i || tokens[opening]?.text !== "{") {
        throw new HclError(token.line, `after ${token.text} either = or a block { … } is expected`);
      }
      const inner = parseBody(tokens, opening + 1, true);
      blocks.push({ type: token.text, labels: tokens.slice(i + 1, opening).map(unquoted), body: inner.body });
      i = inner.next;
    }
  }
  if (nested) throw new HclError(tokens[start - 1]?.line ?? 1, "the block is not closed; end it with }");
  return { body: { attributes, blocks }, next: i };
}

/** An expression ends with its line, or with the block it stands in, unless a bracket is still open. */
function endOfExpression(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    const { kind, text } = tokens[i] as Token;
    if (kind === "newline" && depth === 0) return i;
    if (kind !== "mark") continue;
    if (text === "(" || text === "[" || text === "{") depth++;
    else if (text === ")" || text === "]" || text === "}") {
      if (depth === 0) return i;
      depth--;
    }
  }
  return tokens.length;
}

function unquoted(token: Token): string {
  return token.kind === "string" ? token.text.slice(1, -1) : token.text;
}
