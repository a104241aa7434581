import type { Config } from "jest";

// swc compiles without type-checking: `npm run typecheck` does that once, for everything.
const shared = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", {}] },
} satisfies Config["projects"] extends (infer P)[] | undefined ? Partial<Exclude<P, string>> : never;

function project(name: string) {
  return { ...shared, displayName: name, testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`] };
}

export default {
  projects: ["unit", "component", "stack", "plugins", "ci", "e2e", "lab"].map(project),
  testTimeout: 30_000,
  // Much of what tests do is waiting for processes: a core for Jest itself would idle.
  maxWorkers: "100%",
} satisfies Config;
