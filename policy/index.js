// Pulumi's runner would compile and type-check the pack with ts-node at every preview, which takes longer than the
// preview itself. tsx only strips the types; `npm run typecheck` checks them.
require("tsx/cjs");
require("./pack.ts");
