import { main } from "./lib/main";
import { readOptions } from "./report/options";
import { startEarly } from "./report/runs";

main(async () => {
  const options = readOptions(process.argv.slice(2), process.env);
  const early = startEarly(options);
  // Pulumi starts while the rest of the report is loaded.
  const { reportOn } = require("./report/command") as typeof import("./report/command");
  return reportOn(options, early);
});
