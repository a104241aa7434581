import { takeDown } from "./lib/down";
import { main } from "./lib/main";
import { readStack } from "./lib/stack";

main(async () => {
  await takeDown(await readStack());
  return 0;
});
