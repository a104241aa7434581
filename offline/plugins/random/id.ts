import { randomBytes } from "node:crypto";
import { defineResource, property } from "../kit/definition";
import { atLeastOne } from "./length";
import { imported } from "./read";

const { integer, map, string } = property;

/** `random:index/randomId:RandomId` */
export const id = defineResource<undefined>()({
  token: "random:index/randomId:RandomId",
  inputs: {
    byteLength: integer({ required: true, replaces: true }),
    keepers: map(string(), { replaces: true }),
    prefix: string({ replaces: true }),
  },
  outputs: { b64Std: string(), b64Url: string(), dec: string(), hex: string(), id: string() },
  check: (news) => ({ inputs: news, failures: atLeastOne("byteLength", news) }),

  async create({ byteLength, prefix = "" }) {
    return forms(randomBytes(byteLength), prefix);
  },

  // <prefix>,<id>, or the id alone.
  read: imported(async (importId) => {
    const comma = importId.lastIndexOf(",");
    const prefix = comma < 0 ? undefined : importId.slice(0, comma);
    const drawn = Buffer.from(importId.slice(comma + 1), "base64url");
    if (drawn.length === 0 || drawn.toString("base64url") !== importId.slice(comma + 1)) {
      throw new Error(
        `${JSON.stringify(importId)} cannot be imported as a RandomId; expected the value in base64url, ` +
          "with its prefix and a comma in front where it has one",
      );
    }
    const made = forms(drawn, prefix ?? "");
    return { id: made.id, outputs: { ...made.outputs, byteLength: drawn.length, prefix: prefix || undefined } };
  }),
});

function forms(drawn: Buffer, prefix: string) {
  const url = drawn.toString("base64url");
  const hex = drawn.toString("hex");
  return {
    id: url,
    outputs: {
      id: url,
      b64Url: prefix + url,
      b64Std: prefix + drawn.toString("base64"),
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex}`).toString(),
    },
  };
}
