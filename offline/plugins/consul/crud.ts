import { doing } from "../hashicorp/errors";
import type { Context, Created, Outcome, ReadResult, Values } from "../kit/definition";
import type { ConsulClient } from "./client";

/** What tells one kind of ACL object from another in Consul's API. */
export interface CrudPlan<Given, Found> {
  /** `ACL policy`, for errors. */
  readonly what: string;
  /** Path of the kind. */
  readonly path: string;
  /** Name of a found object in the state. */
  readonly idOf: (found: Found) => string;
  /** What the API knows an object by, from its name in the state. @default the same */
  readonly keyOf?: (id: string) => string;
  /** Body of a request; `id` is absent where the object is new. */
  readonly body: (given: Given, id?: string) => Values;
  /** Properties of the state. */
  readonly flatten: (found: Found, given: Partial<Given>) => Values;
}

/** The four steps, which are the same for all that lies below `/v1/acl`. */
export function crud<Given, Found>(plan: CrudPlan<Given, Found>) {
  const { what, path, idOf, keyOf = (id) => id, body, flatten } = plan;
  const at = (id: string) => `${path}/${encodeURIComponent(keyOf(id))}`;
  const named = (given: Partial<Given>) => JSON.stringify((given as { name?: string }).name ?? "");
  return {
    async create(given: Given, { config, signal }: Context<ConsulClient>): Promise<Created> {
      const made = await doing(`error creating ${what} ${named(given)}`, () =>
        config.put<Found>(path, body(given), { signal }),
      );
      return { id: idOf(made), outputs: { id: idOf(made), ...flatten(made, given) } };
    },
    async update({ id }: { id: string }, given: Given, { config, signal }: Context<ConsulClient>): Promise<Outcome> {
      const made = await doing(`error updating ${what} ${JSON.stringify(id)}`, () =>
        config.put<Found>(at(id), body(given, id), { signal }),
      );
      return { outputs: { id, ...flatten(made, given) } };
    },
    async read(
      { id, inputs: given }: { id: string; inputs: Partial<Given> },
      { config, signal }: Context<ConsulClient>,
    ): Promise<ReadResult | undefined> {
      const found = await doing(`error reading ${what} ${JSON.stringify(id)}`, () =>
        config.findAcl<Found>(at(id), { signal }),
      );
      return found ? { id: idOf(found), outputs: { id: idOf(found), ...flatten(found, given) } } : undefined;
    },
    async delete({ id }: { id: string }, { config, signal }: Context<ConsulClient>): Promise<void> {
      await doing(`error deleting ${what} ${JSON.stringify(id)}`, () => config.deleteIfThere(at(id), { signal }));
    },
  };
}
