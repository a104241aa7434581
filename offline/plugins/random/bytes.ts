import { randomBytes } from "node:crypto";
import { defineResource, property } from "../kit/definition";
import { atLeastOne } from "./length";
import { imported } from "./read";

const { integer, map, string } = property;

/** `random:index/randomBytes:RandomBytes` */
export const bytes = defineResource<undefined>()({
  token: "random:index/randomBytes:RandomBytes",
  inputs: { keepers: map(string(), { replaces: true }), length: integer({ required: true, replaces: true }) },
  outputs: { base64: string({ secret: true }), hex: string({ secret: true }) },
  check: (news) => ({ inputs: news, failures: atLeastOne("length", news) }),

  async create({ length }) {
    return forms(randomBytes(length));
  },

  read: imported(async (importId) => {
    const drawn = Buffer.from(importId, "base64");
    if (drawn.length === 0 || drawn.toString("base64") !== importId) {
      throw new Error("the id to import is no base64; expected the bytes in base64, as openssl rand -base64 16 prints");
    }
    const { id, outputs } = forms(drawn);
    return { id, outputs: { ...outputs, length: drawn.length } };
  }),
});

/** The id is the value, and no secret: the official plugin does the same. Use RandomPassword for what must not show. */
function forms(drawn: Buffer) {
  const base64 = drawn.toString("base64");
  return { id: base64, outputs: { base64, hex: drawn.toString("hex") } };
}
