import { doing } from "../hashicorp/errors";
import type { Before, Context, Created, Outcome, ReadResult, Values } from "../kit/definition";
import type { NomadClient } from "./client";
import { whileInUse } from "./retry";

/** What tells one kind of object that Nomad knows by a name of the program's from another. */
export interface NamedPlan<Given, Found> {
  /** `node pool`, for errors. */
  readonly what: string;
  /** Path of one object without its name. */
  readonly path: string;
  /** Path that an object is written to. @default the object's own */
  readonly writeTo?: string;
  readonly body: (name: string, given: Given) => Values;
  readonly flatten: (found: Found, given: Given) => Values;
  /** What Nomad says of an object that cannot be deleted yet, e.g. because of jobs that are stopping. */
  readonly inUse?: RegExp;
}

type Ctx = Context<NomadClient>;

/** The four steps, which are the same for all that has a name: written whole, then read back. */
export function named<Given extends { readonly name?: string }, Found>(plan: NamedPlan<Given, Found>) {
  const { what, path, writeTo, body, flatten, inUse } = plan;
  const at = (name: string) => `${path}/${encodeURIComponent(name)}`;
  const step = <T>(verb: string, name: string, work: () => Promise<T>) =>
    doing(`error ${verb} ${what} ${JSON.stringify(name)}`, work);

  const write = (name: string, given: Given, { config, signal }: Ctx) =>
    step("writing", name, () => config.put<void>(writeTo ?? at(name), body(name, given), { signal }));
  const find = (name: string, { config, signal }: Ctx) =>
    step("reading", name, () => config.find<Found>(at(name), { signal }));
  const put = async (name: string, given: Given, context: Ctx): Promise<Created> => {
    await write(name, given, context);
    const found = await find(name, context);
    if (!found) throw new Error(`${what} ${name} is gone again right after it was written; look who deleted it`);
    return { id: name, outputs: flatten(found, given) };
  };

  return {
    write,
    create: (given: Given, context: Ctx): Promise<Created> => put(given.name as string, given, context),
    update: ({ id }: Before<Given>, given: Given, context: Ctx): Promise<Outcome> => put(id, given, context),
    async read({ id, inputs }: Before<Partial<Given>>, context: Ctx): Promise<ReadResult | undefined> {
      const found = await find(id, context);
      return found && { id, outputs: flatten(found, inputs as Given) };
    },
    async delete({ id }: { readonly id: string }, { config, signal }: Ctx): Promise<void> {
      const remove = () => config.deleteIfThere(at(id), { signal });
      await step("deleting", id, () => (inUse ? whileInUse(remove, inUse, signal) : remove()));
    },
  };
}
