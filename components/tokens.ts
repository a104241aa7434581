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

/** Labels of an agent's container. */
export const agentLabels = {
  agent: "hashistack.agent",
  cluster: "hashistack.cluster",
  host: "hashistack.host",
} as const;
