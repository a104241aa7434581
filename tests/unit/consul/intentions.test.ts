import { intentionSources } from "../../../components/consul/catalog";

const brief = (destination: string, sources: Record<string, "allow" | "deny">) =>
  intentionSources(destination, sources).map(({ Name, Action, Precedence }) => `${Name} ${Action} ${Precedence}`);

// As Consul 1.22 answers to the same sources.
test("sources stand in Consul's order, with its precedence", () => {
  const sources = { "*": "deny", fabio: "allow", abc: "allow" } as const;
  expect(brief("web", sources)).toEqual(["fabio allow 9", "abc allow 9", "* deny 8"]);
  expect(brief("*", sources)).toEqual(["fabio allow 6", "abc allow 6", "* deny 5"]);
});
