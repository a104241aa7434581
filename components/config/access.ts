import type { SshPlan, SshSecrets } from "../hosts/plan";
import type { SshConfig } from "./hostSchema";
import type { HostConfig } from "./hosts";
import { type KnownKeys, parseKnownHosts } from "./knownHosts";
import { distinctProblems, type Problem } from "./problem";
import { type ReadText, readInto } from "./readText";

/** How a host is reached, and with what. */
export interface HostAccess {
  /** Absent where nothing is done over SSH. */
  readonly ssh?: SshPlan;
  readonly secrets: SshSecrets;
}

/** Decides how each host is reached: keys and host keys out of files, all that is missing in one go. */
export function resolveAccess(
  hosts: readonly HostConfig[],
  read: ReadText,
): { access: Map<string, HostAccess>; problems: Problem[] } {
  const files = new Files(read);
  const access = new Map(hosts.map((host) => [host.name, accessOf(host, files)]));
  return { access, problems: files.problems() };
}

/** Reads files that hosts share once, and collects what is wrong: what hosts share is wrong once, too. */
class Files {
  private readonly found: Problem[] = [];
  private readonly texts = new Map<string, string | undefined>();
  private readonly known = new Map<string, KnownKeys | undefined>();

  constructor(private readonly read: ReadText) {}

  problems(): Problem[] {
    return distinctProblems(this.found);
  }

  tell(problem: Problem): void {
    this.found.push(problem);
  }

  /** Text of a file; undefined where it cannot be read. */
  text(path: string, where: string): string | undefined {
    if (!this.texts.has(path)) {
      this.texts.set(path, readInto(path, where, this.read, this.found));
    }
    return this.texts.get(path);
  }

  /** Keys of a `known_hosts` file; undefined where it cannot be read. */
  knownKeys(path: string, where: string): KnownKeys | undefined {
    if (!this.known.has(path)) {
      const text = this.text(path, where);
      this.known.set(path, text === undefined ? undefined : parseKnownHosts(text));
    }
    return this.known.get(path);
  }
}

/** Where the Docker engine of a host is reached over SSH, which may be another way than the host's own. */
function loginOf(host: HostConfig): SshConfig & { address: string } {
  if (host.substrate === "docker") {
    const { hostname, port, username } = new URL(host.docker.endpoint);
    return {
      ...host.ssh,
      address: hostname,
      ...(port ? { port: Number(port) } : {}),
      ...(username ? { user: username } : {}),
    };
  }
  return { ...host.ssh, address: host.address };
}

function accessOf(host: HostConfig, files: Files): HostAccess {
  if (host.substrate === "docker" && !host.docker.endpoint.startsWith("ssh://")) {
    return { secrets: engineSecrets(host, files) };
  }
  const { bastion, sudoPassword, ...login } = loginOf(host);
  const at = (key: keyof SshConfig) => host.sshWhere[key] ?? `${host.traitsWhere}.ssh.${key}`;
  const own = reach({ ...login, grouped: host.where !== host.traitsWhere }, at, files);
  const through = bastion && reach(bastionLogin(bastion, login), bastionAt(bastion, at), files);
  return {
    ssh: { ...own.plan, ...(through ? { bastion: through.plan } : {}) },
    secrets: {
      ...(own.privateKey ? { privateKey: own.privateKey } : {}),
      ...(through?.privateKey ? { bastionPrivateKey: through.privateKey } : {}),
      ...(sudoPassword ? { sudoPassword } : {}),
    },
  };
}

type Bastion = NonNullable<SshConfig["bastion"]>;

/** A bastion is reached as the host is, but for what is said of it. */
function bastionLogin(bastion: Bastion, { agent, privateKey, privateKeyFile, ...login }: SshConfig): Login {
  const { knownHostsFile, insecureIgnoreHostKey } = login;
  const own = bastion.privateKey !== undefined || bastion.privateKeyFile !== undefined;
  return {
    knownHostsFile,
    insecureIgnoreHostKey,
    ...(own ? {} : { agent, privateKey, privateKeyFile }),
    ...bastion,
    user: bastion.user ?? login.user,
  };
}

/** Where a person finds what is said of a bastion: there, or where it is said of the host behind it. */
function bastionAt(bastion: Bastion, at: Where): Where {
  const shared = ["knownHostsFile", "insecureIgnoreHostKey"];
  return (key) => {
    const inherited = !Object.hasOwn(bastion, key) && (shared.includes(key) || key === "privateKeyFile");
    return inherited ? at(key) : `${at("bastion")}.${key}`;
  };
}

function engineSecrets({ traitsWhere, docker }: HostConfig, files: Files): SshSecrets {
  const { tls } = docker;
  if (tls === undefined) {
    return {};
  }
  const text = (key: keyof typeof tls) => files.text(tls[key], `${traitsWhere}.docker.tls.${key}`) ?? "";
  return { engine: { ca: text("caFile"), cert: text("certFile"), key: text("keyFile") } };
}

/** Where a person finds a key, or would put it. */
type Where = (key: keyof SshConfig) => string;

type Login = Omit<SshConfig, "bastion" | "sudoPassword"> & {
  readonly address: string;
  /** Whether there is no place for a key of this machine alone. */
  readonly grouped?: boolean;
};

function reach(login: Login, at: Where, files: Files): { plan: Omit<SshPlan, "bastion">; privateKey?: string } {
  const { address, port = 22, user, agent = false } = login;
  if (user === undefined) {
    files.tell({ where: at("user"), message: "missing; say who logs in, here or under `ssh.user`" });
  }
  const privateKey =
    login.privateKey ?? (login.privateKeyFile ? files.text(login.privateKeyFile, at("privateKeyFile")) : undefined);
  if (login.privateKey === undefined && login.privateKeyFile === undefined && !agent) {
    files.tell({
      where: at("privateKey"),
      message:
        "no key to log in with; set privateKey (as a secret), privateKeyFile or agent: true, here or under `ssh`",
    });
  }
  const hostKey = hostKeyOf(login, port, at, files);
  return {
    plan: {
      address,
      port,
      user: user ?? "",
      agent: agent && privateKey === undefined,
      ...(hostKey ? { hostKey } : {}),
    },
    ...(privateKey ? { privateKey } : {}),
  };
}

function hostKeyOf(login: Login, port: number, at: Where, files: Files): string | undefined {
  const { address, hostKey, knownHostsFile, insecureIgnoreHostKey, grouped } = login;
  if (hostKey !== undefined) {
    return hostKey.split(" ").slice(0, 2).join(" ");
  }
  const scan = `ssh-keyscan -p ${port} ${address}`;
  if (knownHostsFile !== undefined) {
    const where = at("knownHostsFile");
    const keyOf = files.knownKeys(knownHostsFile, where);
    const key = keyOf?.(address, port);
    if (keyOf !== undefined && key === undefined && !insecureIgnoreHostKey) {
      files.tell({
        where,
        value: knownHostsFile,
        message: `holds no key of ${address}, port ${port}; add it after comparing it on the machine (${scan})`,
      });
    }
    return key;
  }
  if (!insecureIgnoreHostKey) {
    const remedy = grouped ? "Set knownHostsFile" : `Set hostKey or knownHostsFile (${scan} shows the key)`;
    files.tell({
      where: at(grouped ? "knownHostsFile" : "hostKey"),
      message:
        "missing; without it whoever answers in the machine's place gets its secrets. " +
        `${remedy}, or waive it: insecureIgnoreHostKey: true`,
    });
  }
  return undefined;
}
