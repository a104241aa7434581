/** Type tokens of the components by which others tell what a resource is: what the engine keeps must not be renamed. */
export const tokens = {
  consulServers: "hashistack:consul:ConsulServers",
  consulClients: "hashistack:consul:ConsulClients",
  nomadServers: "hashistack:nomad:NomadServers",
  nomadClients: "hashistack:nomad:NomadClients",
  fabio: "hashistack:fabio:Fabio",
  fabioJob: "hashistack:fabio:FabioJob",
  dockerHost: "hashistack:hosts:DockerHost",
  ubuntuHost: "hashistack:hosts:UbuntuHost",
  taskSweep: "hashistack:hosts:TaskSweep",
  gate: "hashistack:health:Gate",
  jobSet: "hashistack:jobs:JobSet",
  security: "hashistack:security:Security",
  authority: "hashistack:security:Authority",
} as const;

/** Type tokens of the providers' resources that this program makes agents, files and jobs of. */
export const resourceTokens = {
  container: "docker:index/container:Container",
  image: "docker:index/remoteImage:RemoteImage",
  volume: "docker:index/volume:Volume",
  remoteCommand: "command:remote:Command",
  localCommand: "command:local:Command",
  job: "nomad:index/job:Job",
  password: "random:index/randomPassword:RandomPassword",
  privateKey: "tls:index/privateKey:PrivateKey",
} as const;

/** Metadata of Nomad's clients with the cluster's name: tells a client that leaves this stack from anybody else's. */
export const clusterMeta = "hashistack.cluster";

/**
 * Names of what is done when a host leaves. They do not begin with the host's: whoever makes its agents anew with
 * `--replace '**::client-1-*'` would have it done to the new ones.
 */
export const farewell = {
  drain: (host: string) => `drain-${host}`,
  forget: (host: string) => `forget-${host}`,
} as const;

/** Labels of an agent's container. */
export const agentLabels = {
  agent: "hashistack.agent",
  cluster: "hashistack.cluster",
  host: "hashistack.host",
} as const;
