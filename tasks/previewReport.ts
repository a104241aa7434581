import { main } from "./lib/main";
import { reportOn } from "./report/command";
import { readOptions } from "./report/options";

main(async () => reportOn(readOptions(process.argv.slice(2), process.env)));
