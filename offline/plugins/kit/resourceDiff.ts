import { defaultsKey } from "./check";
import { completed } from "./complete";
import type { Before, Change, Context, DiffResult, PackageDefinition, ResourceDefinition } from "./definition";
import { diffBridged } from "./diffBridged";
import { diffFramework } from "./diffFramework";
import { diffInferred } from "./diffInferred";
import { isWithin } from "./path";
import { equal, revealAll } from "./secrets";
import { isList, type Values } from "./values";

const differs: Record<PackageDefinition["style"], typeof diffInferred> = {
  inferred: diffInferred,
  bridged: (state, news, ...rest) => diffBridged(revealAll(state), revealAll(news), ...rest),
  framework: (state, news, ...rest) => diffFramework(revealAll(state), revealAll(news), ...rest),
};

/** What Diff answers: the definition's own comparison or the kit's, less what the program ignores. */
export async function diffResource(
  definition: ResourceDefinition,
  style: PackageDefinition["style"],
  before: Before<Values>,
  news: Values,
  ignored: readonly string[],
  context: () => Promise<Context>,
): Promise<Required<DiffResult>> {
  const canUpdate = definition.update !== undefined;
  const planned = completed(definition, style, news);
  const compare = (): DiffResult => ({
    changes: differs[style](before.state, planned, definition.inputs, canUpdate),
  });
  const result = definition.diff
    ? await definition.diff(
        { id: before.id, inputs: revealAll(before.inputs), state: revealAll(before.state) },
        revealAll(planned),
        await context(),
        compare,
      )
    : compare();
  const changes = result.changes.filter((change) => !isWithin(change.path, ignored));
  return {
    changes,
    deleteBeforeReplace: result.deleteBeforeReplace ?? deletesFirst(definition, changes, before.inputs, news),
  };
}

/** A replacement under the very same name cannot live beside what it replaces. */
function deletesFirst(
  definition: ResourceDefinition,
  changes: readonly Change[],
  oldInputs: Values,
  news: Values,
): boolean {
  if (!changes.some((change) => change.replaces)) return false;
  if (definition.deleteBeforeReplace) return true;
  const defaults = news[defaultsKey];
  return Object.entries(definition.inputs).some(
    ([name, shape]) =>
      shape.autoName !== undefined &&
      shape.autoName !== false &&
      !(isList(defaults) && defaults.includes(name)) &&
      equal(oldInputs[name], news[name]),
  );
}
