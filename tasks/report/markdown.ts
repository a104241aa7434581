import type { RenderOptions } from "./render";
import type { Report, Verdict } from "./report";
import { type Block, countsOf, type Section, sectionsOf } from "./sections";

/** A comment takes 65,536 characters; some are left for whoever posts it. */
const defaultLimit = 65_000;

const signs: Readonly<Record<Verdict, string>> = { safe: "✅", attention: "⚠️", refused: "⛔" };

/** The report as a comment on a pull request: folded, and cut where it would be too long for one. */
export function renderMarkdown(report: Report, { limit = defaultLimit, whole }: RenderOptions): string {
  const sections = sectionsOf(report);
  const compose = (longest: number): string =>
    `${[head(report), ...sections.map((section) => sectionText(section, longest, whole))].join("\n\n")}\n`;
  const all = compose(Number.POSITIVE_INFINITY);
  if (all.length <= limit) {
    return all;
  }
  // The longest parts are cut first: all of them to one length, the greatest that fits.
  let [fits, over] = [0, all.length];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (compose(middle).length <= limit) {
      fits = middle;
    } else {
      over = middle;
    }
  }
  const cut = compose(fits);
  return cut.length <= limit
    ? cut
    : `${head(report)}\n\n${cutNote(`the rest, ${sections.length} sections,`, whole)}\n`.slice(0, limit);
}

function head(report: Report): string {
  const { stack, verdict, headline } = report;
  return [
    `<!-- hashistack preview-report stack=${stack.replace(/[^\w.-]/g, "")} verdict=${verdict} -->`,
    `### ${signs[verdict]} ${inline(cutLine(headline, 400))}`,
    "",
    `Stack ${code(stack)} · ${inline(countsOf(report))}`,
  ].join("\n");
}

function sectionText({ title, blocks, open }: Section, longest: number, whole: string): string {
  const body = blocks.map((block) => blockText(block, longest, whole)).join("\n\n");
  return `<details${open ? " open" : ""}>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function blockText(block: Block, longest: number, whole: string): string {
  switch (block.kind) {
    case "text":
      return inline(cutLine(block.text, longest));
    case "list":
      return cutLines(
        block.items.map((item) => `- ${inline(cutLine(item, longest)).replaceAll("\n", "<br>")}`),
        longest,
        whole,
      );
    case "table": {
      const rows = block.rows.map((row) => `| ${row.map((cell) => cellText(cutLine(cell, longest))).join(" | ")} |`);
      const top = [`| ${block.head.join(" | ")} |`, `|${" --- |".repeat(block.head.length)}`];
      return `${top.join("\n")}\n${cutLines(rows, longest, whole)}`;
    }
    case "code":
      return codeText(block, longest, whole);
    default:
      return block satisfies never;
  }
}

function codeText({ title, language, text }: Extract<Block, { kind: "code" }>, longest: number, whole: string): string {
  const lines = text.split("\n");
  const kept = linesWithin(lines, longest);
  const note =
    kept.length < lines.length ? `\n\n${cutNote(`${lines.length - kept.length} of ${lines.length} lines`, whole)}` : "";
  const ticks = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${inline(title)}\n\n${ticks}${language}\n${kept.join("\n")}\n${ticks}${note}`;
}

/** As many whole lines as have no more characters together. */
function linesWithin(lines: readonly string[], longest: number): readonly string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > longest;
  });
  return end < 0 ? lines : lines.slice(0, end);
}

function cutLines(lines: readonly string[], longest: number, whole: string): string {
  const kept = linesWithin(lines, longest);
  const note =
    kept.length < lines.length ? [`\n${cutNote(`${lines.length - kept.length} of ${lines.length} lines`, whole)}`] : [];
  return [...kept, ...note].join("\n");
}

function cutLine(text: string, longest: number): string {
  const most = Math.max(longest, 80);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

function cutNote(what: string, whole: string): string {
  return `_Cut here: ${what} left out. The whole is ${inline(whole)}._`;
}

/** Text that stands for itself: neither markup nor a mention of anybody. */
function inline(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]#~]/g, "\\$&")
    .replace(/@(?=\w)/g, "@\u200b");
}

function cellText(cell: string): string {
  return inline(cell).replaceAll("|", "\\|").replace(/\r?\n/g, "<br>");
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}
