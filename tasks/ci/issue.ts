import { parseArgs } from "node:util";
import { main } from "../lib/main";
import { forgeOf } from "./forge";
import { publishIssue } from "./publish";
import { readReport } from "./text";

/** `npm run ci:issue -- --key "drift prod" --title "…" --file drift.md`: opens, updates or closes one issue. */
main(async () => {
  const { values } = parseArgs({
    options: { key: { type: "string" }, title: { type: "string" }, file: { type: "string" } },
  });
  const { key, title, file } = values;
  if (!key || !title || !file) {
    throw new Error('expected --key, such as "drift prod", --title, and --file, the report');
  }
  const report = await readReport(file);
  if (report === undefined) {
    console.log(`there is no ${file}: whatever was to write it failed, and the issue stays as it is`);
    return 0;
  }
  console.log(await publishIssue(forgeOf(process.env), key, title, report));
  return 0;
});
