import { ApiClient } from "../hashicorp/client";
import type { Connection } from "./config";

export { ApiError as NomadError, ApiUnreachable as NomadUnreachable, quoteLargeIntegers } from "../hashicorp/client";

export const product = { name: "Nomad", tokenHeader: "X-Nomad-Token", tokenSetting: "secretId" };

/** Nomad's HTTP API over one connection. */
export class NomadClient extends ApiClient {
  constructor(connection: Connection) {
    super(product, { ...connection, query: { region: connection.region } });
  }
}
