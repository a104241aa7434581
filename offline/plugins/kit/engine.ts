import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Severity } from "./definition";

/** The engine's side: where messages for the person go. */
export interface Engine {
  log(severity: Severity, message: string, urn: string, passing: boolean): void;
  /** Waits until everything logged so far has arrived. */
  flush(): Promise<void>;
  close(): void;
}

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/** Connects to the engine at the first message. A lost message is no reason to fail a deployment. */
export function connectEngine(address: string | undefined): Engine {
  let client: EngineClient | undefined;
  let last: Promise<void> = Promise.resolve();
  return {
    log(severity, message, urn, passing) {
      if (!address) return;
      client ??= new EngineClient(address, credentials.createInsecure());
      const to = client;
      const request = new LogRequest();
      request.setSeverity(severities[severity]);
      request.setMessage(Buffer.from(message, "utf8").toString("utf8"));
      request.setUrn(urn);
      request.setEphemeral(passing);
      last = last.then(() => new Promise((resolve) => to.log(request, () => resolve())));
    },
    flush: () => last,
    close: () => client?.close(),
  };
}
