/** Name of the canary service. */
export const canaryName = "fabio-canary";

/** Path under which every Fabio answers for its own health, through the same way as any job's route. */
export const canaryPath = "/.hashistack/health";

/** What Fabio takes off it: the UI answers on `/health`. */
const stripped = "/.hashistack";

/**
 * Consul service whose route each Fabio must carry before it counts as healthy. It leads to the Fabio UI on the same
 * machine: an answer proves Consul, the route table and the proxy together.
 */
export function canaryService(uiPort: number): object {
  return {
    name: canaryName,
    address: "127.0.0.1",
    port: uiPort,
    tags: [`urlprefix-${canaryPath} strip=${stripped}`],
    checks: [{ name: "fabio answers", http: `http://127.0.0.1:${uiPort}/health`, interval: "2s", timeout: "2s" }],
  };
}
