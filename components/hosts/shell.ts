/** A word for a POSIX shell that stands for exactly this text. @throws Error where no shell can hold it. */
export function quote(text: string): string {
  if (text.includes("\0")) throw new Error("a text with a NUL character cannot be part of a shell script");
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A command that reads the text from its standard input, the text standing there as it is. Texts end with a newline: a
 * shell cannot say otherwise, so one is added where it is missing.
 */
export function heredoc(command: string, text: string): string {
  if (text.includes("\0")) throw new Error("a text with a NUL character cannot be part of a shell script");
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const lines = new Set(body.split("\n"));
  let end = "END";
  for (let i = 2; lines.has(end); i++) end = `END_${i}`;
  return `${command} <<'${end}'\n${body}${end}\n`;
}

export type Setting = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** Assignments of bash variables, one a line: booleans as yes and no, lists as arrays, records as associative arrays. */
export function assignments(settings: Readonly<Record<string, Setting>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (typeof value === "boolean") return `${name}=${value ? "yes" : "no"}\n`;
      if (typeof value !== "object") return `${name}=${quote(String(value))}\n`;
      if (Array.isArray(value)) return `${name}=(${value.map(quote).join(" ")})\n`;
      const items = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `declare -A ${name}=(${items.map(([key, item]) => `[${quote(key)}]=${quote(item)}`).join(" ")})\n`;
    })
    .join("");
}

/** A command with a text on its standard input, as {@link heredoc} writes it. */
export interface Heredoc {
  readonly command: string;
  readonly text: string;
}

/** Takes a script apart: the texts that {@link heredoc} wrote into it, and what stands around them. */
export function readHeredocs(script: string): { heredocs: Heredoc[]; rest: string } {
  const heredocs: Heredoc[] = [];
  const rest: string[] = [];
  let open: { command: string; end: string; lines: string[] } | undefined;
  for (const line of script.split("\n")) {
    const [, command, end] = open ? [] : (/^(.*) <<'(END(?:_\d+)?)'$/.exec(line) ?? []);
    if (command !== undefined && end !== undefined) {
      open = { command, end, lines: [] };
    } else if (open === undefined) {
      rest.push(line);
    } else if (line === open.end) {
      heredocs.push({ command: open.command, text: open.lines.map((each) => `${each}\n`).join("") });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  return { heredocs, rest: rest.join("\n") };
}

/** The value that {@link assignments} gave a variable, unless it is a list or a record; the first, where there are more. */
export function readAssignment(script: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`^${name}=(?:('(?:[^']|'\\\\'')*')|(yes|no))$`, "m").exec(script) ?? [];
  return bare ?? quoted?.slice(1, -1).replaceAll("'\\''", "'");
}
