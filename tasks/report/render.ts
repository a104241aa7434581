import { renderJson } from "../../components/render";
import { renderMarkdown } from "./markdown";
import type { Format } from "./options";
import type { Report } from "./report";
import { renderText } from "./text";

export interface RenderOptions {
  /** Characters that a markdown report may have. @default 65000 */
  readonly limit?: number;
  /** Where a reader finds what was cut. */
  readonly whole: string;
}

/** The report as text. The same report gives the same text. */
export function render(report: Report, format: Format, options: RenderOptions): string {
  switch (format) {
    case "markdown":
      return renderMarkdown(report, options);
    case "json":
      return renderJson(report);
    case "text":
      return renderText(report);
    default:
      return format satisfies never;
  }
}
