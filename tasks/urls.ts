import { main } from "./lib/main";
import { readStack } from "./lib/stack";
import { urlTable } from "./lib/urls";

main(async () => {
  console.log(urlTable(await readStack()));
  return 0;
});
