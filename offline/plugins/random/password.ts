import { hash } from "bcryptjs";
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

const { string } = property;

/** The value is a secret, and an id is none. */
const id = "none";

/** `random:index/randomPassword:RandomPassword` */
export const password = defineResource<undefined>()({
  token: "random:index/randomPassword:RandomPassword",
  schemaVersion: 3,
  inputs: characterInputs,
  outputs: { bcryptHash: string({ secret: true }), id: string(), result: string({ secret: true }) },
  check: checkCharacters,
  complete: completeCharacters,

  async create(given) {
    return { id, outputs: await secrets(randomText(planOf(given))) };
  },

  read: imported(async (result) => ({ id, outputs: { ...(await secrets(result)), ...importedCharacters(result) } })),
});

async function secrets(result: string) {
  return { id, result, bcryptHash: await bcrypt(result) };
}

/** bcrypt reads 72 bytes and no more. Its library marks hashes with 2b, Go's with 2a: here they mean the same. */
async function bcrypt(result: string): Promise<string> {
  return (await hash(result.slice(0, 72), 10)).replace(/^\$2b/, () => "$2a");
}
