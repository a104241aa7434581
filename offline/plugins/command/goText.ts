/**
 * A string as Go's `%q` prints it: the official plugin quotes the command so in its errors, and what a person reads
 * (or a test matches) should not depend on which of the two ran.
 */
export function goQuote(text: string): string {
  let quoted = "";
  for (const char of text) quoted += quoteChar(char);
  return `"${quoted}"`;
}

const named: { readonly [char: string]: string } = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

function quoteChar(char: string): string {
  const short = named[char];
  if (short !== undefined) return short;
  if (char === " " || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** What a command printed, without its last line break (and only that one). */
export function trimLineBreak(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
