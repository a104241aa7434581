import { writeCredentials } from "./lib/credentials";
import { credentialVariables, exportLines, stackEnvironment } from "./lib/environment";
import { main } from "./lib/main";
import { readStack } from "./lib/stack";

main(async () => {
  const stack = await readStack();
  const credentials = await writeCredentials(stack);
  process.stdout.write(exportLines({ ...stackEnvironment(stack), ...credentialVariables(credentials) }, credentials));
  return 0;
});
