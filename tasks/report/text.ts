import type { Report } from "./report";
import { type Block, countsOf, sectionsOf } from "./sections";

/** The report for a terminal: whole, whatever its length. */
export function renderText(report: Report): string {
  const parts = sectionsOf(report).map(
    ({ title, blocks }) => `${title}\n${"-".repeat(title.length)}\n${blocks.map(blockText).join("\n\n")}`,
  );
  return `${[`Stack ${report.stack}\n${report.headline}\n${countsOf(report)}`, ...parts].join("\n\n")}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "text":
      return block.text;
    case "list":
      return block.items.map((item) => `- ${item.replaceAll("\n", "\n  ")}`).join("\n");
    case "table":
      return tableText([block.head, ...block.rows]);
    case "code":
      return block.language === "diff" ? block.text : `${block.title}\n${block.text}`;
    default:
      return block satisfies never;
  }
}

function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
