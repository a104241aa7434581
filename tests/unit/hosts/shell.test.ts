import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { assignments, heredoc, quote } from "../../../components/hosts/shell";

function bash(script: string): string {
  return execFileSync("bash", ["-s"], { input: script, encoding: "utf8" });
}

/** Any text that a shell can hold; what is special to one is likelier. */
const text = fc
  .array(fc.oneof(fc.constantFrom("'", '"', "\\", "$(id)", "`", "\n", "END", "END\n", "!", " "), fc.string()))
  .map((parts) => parts.join("").replaceAll("\0", ""));

test("a quoted text comes out of a shell as it went in", () => {
  fc.assert(
    fc.property(text, (text) => {
      expect(bash(`printf '%s' ${quote(text)}`)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test("a text read by a command is the text, whatever lines it has", () => {
  fc.assert(
    fc.property(text, (text) => {
      const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
      expect(bash(heredoc("cat", text))).toBe(whole);
      expect(bash(heredoc("cat", heredoc("file x", text)))).toBe(heredoc("file x", text));
    }),
    { numRuns: 50 },
  );
});

test("settings arrive as variables, lists and records", () => {
  const script = assignments({
    name: "o'brien $HOME",
    count: 3,
    yes: true,
    no: false,
    list: ["a b", "c'd"],
    none: [],
    sums: { "x.zip": "1 2", "a.zip": "'" },
  });
  expect(
    bash(
      `${script}printf '%s|' "$name" "$count" "$yes" "$no" "\${list[@]}" "\${#none[@]}" "\${sums[x.zip]}" "\${sums[a.zip]}"`,
    ),
  ).toBe("o'brien $HOME|3|yes|no|a b|c'd|0|1 2|'|");
});

test("what no shell can hold is refused", () => {
  expect(() => quote("a\0b")).toThrow("NUL");
  expect(() => heredoc("cat", "a\0b")).toThrow("NUL");
});
