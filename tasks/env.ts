import { exportLines, stackEnvironment } from "./lib/environment";
import { main } from "./lib/main";
import { readStack } from "./lib/stack";

main(async () => {
  process.stdout.write(exportLines(stackEnvironment(await readStack())));
  return 0;
});
