import { main } from "./lib/main";
import { readOptions } from "./report/options";
import { startEarly } from "./report/runs";

main(async () => {
  const options = readOptions(process.argv.slice(2), process.env);
  const early = startEarly(options);
  const { reportOn } = await import("./report/command.js");
  return reportOn(options, early);
});
