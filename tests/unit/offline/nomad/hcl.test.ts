import fc from "fast-check";
import { parseHcl } from "../../../../offline/plugins/nomad/job/hcl";
import { HclError, tokenize } from "../../../../offline/plugins/nomad/job/hclTokens";

const texts = (source: string) => tokenize(source).map(({ text }) => text);

describe("tokens", () => {
  test("drop comments and spaces, and keep line ends once", () => {
    expect(texts('a = 1 # one\n\n\n// two\nb   = "x" /* three\nlines */ c')).toEqual([
      ..."a = 1".split(" "),
      "\n",
      ...'b = "x" c'.split(" "),
    ]);
  });

  test("keep strings whole, whatever stands in them", () => {
    for (const string of [
      '"a \\" b"',
      '"${lookup(m, "k}")} # no comment"',
      '"$${x"',
      '"%{ if a }\'%{ endif }"',
      '""',
    ]) {
      expect(texts(`a = ${string}`)).toEqual(["a", "=", string]);
    }
  });

  test("keep heredocs whole", () => {
    const heredoc = '<<-EOT\n  "unclosed ${x}\n  EOT';
    expect(texts(`a = ${heredoc}\nb = 1`)).toEqual(["a", "=", heredoc, "\n", "b", "=", "1"]);
  });

  test.each([
    ['a = "b', "line 1: the string is not closed"],
    ['\n\na = "b\n"', "line 3: the string is not closed"],
    ['a = "${b', "line 1: the expression in the string is not closed"],
    ["a = <<EOT\nb\n", "line 1: the text after <<EOT is not closed"],
    ["a\n/* b", "line 2: the comment /* is not closed"],
  ])("say where %j goes wrong", (source, message) => {
    expect(() => tokenize(source)).toThrow(message);
  });

  test("any text is split, or refused with a line: never a crash, never an endless loop", () => {
    const pieces = fc.constantFrom(
      '"',
      "${",
      "}",
      "{",
      "<<EOT\n",
      "EOT",
      "\n",
      "#",
      "/*",
      "*/",
      "a",
      "=",
      " ",
      "\\",
      "é",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        try {
          parseHcl(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(HclError);
          expect((error as Error).message).toMatch(/^line \d+: /);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("outline", () => {
  test("finds blocks with labels and attributes at any depth", () => {
    const { attributes, blocks } = parseHcl(`
top = [1,
  2]
variable "port" { default = 80 }
job "web" {
  group "g" "h" {
    count = 1
  }
  meta = { a = "b" }
}`);
    expect(attributes.top?.map(({ text }) => text)).toEqual(["[", "1", ",", "\n", "2", "]"]);
    expect(blocks.map(({ type, labels }) => [type, labels])).toEqual([
      ["variable", ["port"]],
      ["job", ["web"]],
    ]);
    expect(blocks[1]?.body.blocks[0]).toMatchObject({ type: "group", labels: ["g", "h"] });
    expect(Object.keys(blocks[1]?.body.attributes ?? {})).toEqual(["meta"]);
  });

  test.each([
    ['job "a" {', "line 1: the block is not closed"],
    ["}", "line 1: } closes nothing"],
    ["a =\nb = 1", "line 1: the attribute a has no value"],
    ["a b c", "line 1: after a either = or a block"],
    ["a = 1\n= 2", "line 2: a block or an attribute is expected here, not ="],
  ])("say where %j goes wrong", (source, message) => {
    expect(() => parseHcl(source)).toThrow(message);
  });
});
