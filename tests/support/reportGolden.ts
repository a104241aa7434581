import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./program";

/** Compares a report, or why there is none, with the reviewed file; UPDATE_GOLDENS=1 rewrites it. */
export function expectReport(file: string, text: string): void {
  const path = join(root, "tests/unit/report/expected", file);
  if (process.env.UPDATE_GOLDENS === "1") {
    writeFileSync(path, text);
  }
  if (!existsSync(path)) {
    throw new Error(`${path} is missing; write it with: UPDATE_GOLDENS=1 npx jest tests/unit/report`);
  }
  expect(text).toBe(readFileSync(path, "utf8"));
}
