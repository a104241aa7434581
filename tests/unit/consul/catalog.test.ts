import { intentionSources, serviceDefaults } from "../../../components/consul/catalog";
import { sameEntry } from "../../../offline/plugins/consul/json";

const brief = (destination: string, sources: Record<string, "allow" | "deny">) =>
  intentionSources(destination, sources).map(({ Name, Action, Precedence }) => `${Name} ${Action} ${Precedence}`);

// As Consul 1.22 answers to the same sources.
test("sources stand in Consul's order, with its precedence", () => {
  const sources = { "*": "deny", fabio: "allow", abc: "allow" } as const;
  expect(brief("web", sources)).toEqual(["fabio allow 9", "abc allow 9", "* deny 8"]);
  expect(brief("*", sources)).toEqual(["fabio allow 6", "abc allow 6", "* deny 5"]);
});

test("what is written is to the plugin what Consul 1.22 then answers", () => {
  const same = (written: unknown, answered: string) => sameEntry(JSON.stringify(written), answered);
  const answered = '{"Protocol":"http","TransparentProxy":{},"MeshGateway":{},"Expose":{}}';
  expect(same(serviceDefaults("http"), answered)).toBe(true);
  expect(same({ Protocol: "http" }, answered)).toBe(false);
  const sources =
    '{"Sources":[{"Name":"a","Action":"allow","Precedence":9,"Type":"consul"},{"Name":"*","Action":"deny","Precedence":8,"Type":"consul"}]}';
  expect(same({ Sources: intentionSources("web", { "*": "deny", a: "allow" }) }, sources)).toBe(true);
});
