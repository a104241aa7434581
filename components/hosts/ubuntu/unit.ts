import type { Product } from "../host";

/** A systemd service, as far as agents differ. */
export interface UnitPlan {
  readonly cluster: string;
  readonly host: string;
  readonly agent: string;
  readonly product: Product;
  readonly user: string;
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly configuration: string;
  /** Absent where it keeps none. */
  readonly data?: string;
  /** Whether it starts other programs on the machine. */
  readonly runsTasks: boolean;
  /** Whether it uses the machine's Docker engine. */
  readonly docker: boolean;
  /** Whether it listens below port 1024. */
  readonly lowPorts: boolean;
}

/**
 * Text of the unit. Its first line tells whose it is: scripts look for it before they touch the unit.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
 */
export function renderUnit(plan: UnitPlan): string {
  const after = [
    "network-online.target",
    ...(plan.product === "consul" ? [] : ["consul.service"]),
    ...(plan.docker ? ["docker.service"] : []),
  ];
  return [
    `# hashistack cluster=${plan.cluster} agent=${plan.agent}`,
    "[Unit]",
    `Description=${specifiers(`${plan.agent} of the cluster ${plan.cluster} (host ${plan.host})`)}`,
    `Wants=network-online.target${plan.docker ? " docker.service" : ""}`,
    `After=${after.join(" ")}`,
    `ConditionPathExists=${plan.configuration}`,
    "",
    "[Service]",
    // Consul could tell when it is ready, but means "has joined" by it: the first of three servers would never start.
    "Type=exec",
    `User=${plan.user}`,
    `Group=${plan.user}`,
    `ExecStart=${[plan.program, ...plan.arguments].map(argument).join(" ")}`,
    ...Object.entries(plan.environment).map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}`),
    ...(plan.product === "fabio" ? [] : ["ExecReload=/bin/kill -HUP $MAINPID"]),
    "Restart=on-failure",
    "RestartSec=2",
    "TimeoutStopSec=60",
    ...(plan.runsTasks ? taskRunner : confined(plan)),
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

/** Tasks inherit what their agent may not do, so it may do everything; and they outlive its restarts. */
const taskRunner = [
  "KillMode=process",
  "Delegate=yes",
  "LimitNOFILE=1048576",
  "LimitNPROC=infinity",
  "TasksMax=infinity",
  "OOMScoreAdjust=-999",
];

function confined(plan: UnitPlan): string[] {
  const capability = plan.lowPorts ? "CAP_NET_BIND_SERVICE" : "";
  return [
    "LimitNOFILE=65536",
    // A core dump would hold keys and tokens.
    "LimitCORE=0",
    "UMask=0077",
    `AmbientCapabilities=${capability}`,
    `CapabilityBoundingSet=${capability}`,
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    ...(plan.data === undefined ? [] : [`ReadWritePaths=${plan.data}`]),
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "SystemCallArchitectures=native",
  ];
}

/** A word of a command line as systemd reads it. */
function argument(word: string): string {
  return quoted(word.replaceAll("$", "$$$$"));
}

/** A word of a setting, in quotes where systemd would read more than one. */
function quoted(word: string): string {
  const text = specifiers(word);
  return /^[\w./:=,@%+$-]+$/.test(text)
    ? text
    : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** systemd reads a percent sign as the start of a specifier. */
function specifiers(text: string): string {
  return text.replaceAll("%", "%%");
}
