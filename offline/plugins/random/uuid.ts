import { randomUUID } from "node:crypto";
import { defineResource, property } from "../kit/definition";
import { imported } from "./read";

/** `random:index/randomUuid:RandomUuid` */
export const uuid = defineResource<undefined>()({
  token: "random:index/randomUuid:RandomUuid",
  inputs: { keepers: property.map(property.string(), { replaces: true }) },
  outputs: { id: property.string(), result: property.string() },

  async create() {
    const result = randomUUID();
    return { id: result, outputs: { id: result, result } };
  },

  read: imported(async (importId) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(importId)) {
      throw new Error(
        `${JSON.stringify(importId)} cannot be imported: expected a UUID such as 9f1c1d1e-0f5e-4d1c-8a52-3c5e7a1b2c3d`,
      );
    }
    const result = importId.toLowerCase();
    return { id: result, outputs: { id: result, result } };
  }),
});
