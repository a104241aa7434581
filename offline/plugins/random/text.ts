import { defineResource, property } from "../kit/definition";
import {
  characterInputs,
  checkCharacters,
  completeCharacters,
  importedCharacters,
  planOf,
  randomText,
} from "./characters";
import { imported } from "./read";

/** `random:index/randomString:RandomString` */
export const text = defineResource<undefined>()({
  token: "random:index/randomString:RandomString",
  schemaVersion: 2,
  inputs: characterInputs,
  outputs: { id: property.string(), result: property.string() },
  check: checkCharacters,
  complete: completeCharacters,

  async create(given) {
    const result = randomText(planOf(given));
    return { id: result, outputs: { id: result, result } };
  },

  read: imported(async (result) => ({ id: result, outputs: { id: result, result, ...importedCharacters(result) } })),
});
