import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { main } from "../lib/main";
import { forgeOf } from "./forge";
import { publishComment } from "./publish";
import { readReport } from "./text";

/** `npm run ci:comment -- --key "preview prod" --file report.md`, in a pipeline of GitHub or GitLab. */
main(async () => {
  const { values } = parseArgs({ options: { key: { type: "string" }, file: { type: "string" } } });
  const { key, file } = values;
  if (!key || !file) {
    throw new Error('expected --key, such as "preview prod", and --file, the report');
  }
  const forge = forgeOf(process.env);
  const report = await readReport(file);
  if (forge.summaryFile && report) {
    await appendFile(forge.summaryFile, `${report}\n`);
  }
  console.log(await publishComment(forge, key, report));
  return 0;
});
