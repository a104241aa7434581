import type { SshPlan, SshSecrets } from "../hosts/plan";
import type { SshConfig } from "./hostSchema";
import type { HostConfig } from "./hosts";
import { knownKey } from "./knownHosts";
import type { Problem } from "./problem";
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
  const problems: Problem[] = [];
  const access = new Map(hosts.map((host) => [host.name, accessOf(host, read, problems)]));
  // A file that all hosts share is missing once.
  const distinct = new Map(problems.map((problem) => [`${problem.where}\n${problem.message}`, problem]));
  return { access, problems: [...distinct.values()] };
}

/** Where the Docker engine of a host is reached over SSH, which may be another way than the host's own. */
function loginOf(host: HostConfig): SshConfig & { address: string } {
  if (host.substrate === "docker") {
    const { hostname, port, username } = new URL(host.docker.endpoint);
    return {
      ...host.ssh,
      address: hostname,
      ...(port ? { port: Number(port) } : {}),
      ...(username ? { user: decodeURIComponent(username) } : {}),
    };
  }
  return { ...host.ssh, address: host.address };
}

function accessOf(host: HostConfig, read: ReadText, problems: Problem[]): HostAccess {
  if (host.substrate === "docker" && !host.docker.endpoint.startsWith("ssh://")) {
    return { secrets: engineSecrets(host, read, problems) };
  }
  const where = `${host.where}.ssh`;
  const { bastion, sudoPassword, ...login } = loginOf(host);
  const own = reach(login, where, read, problems);
  const through =
    bastion &&
    reach(
      {
        ...bastion,
        agent: login.agent,
        knownHostsFile: login.knownHostsFile,
        insecureIgnoreHostKey: login.insecureIgnoreHostKey,
        user: bastion.user ?? login.user,
        ...(bastion.privateKey || bastion.privateKeyFile
          ? {}
          : { privateKey: login.privateKey, privateKeyFile: login.privateKeyFile }),
      },
      `${where}.bastion`,
      read,
      problems,
    );
  return {
    ssh: { ...own.plan, ...(through ? { bastion: through.plan } : {}) },
    secrets: {
      ...(own.privateKey ? { privateKey: own.privateKey } : {}),
      ...(through?.privateKey ? { bastionPrivateKey: through.privateKey } : {}),
      ...(sudoPassword ? { sudoPassword } : {}),
    },
  };
}

function engineSecrets({ where, docker }: HostConfig, read: ReadText, problems: Problem[]): SshSecrets {
  const { tls } = docker;
  if (tls === undefined) {
    return {};
  }
  const text = (key: keyof typeof tls) => readInto(tls[key], `${where}.docker.tls.${key}`, read, problems) ?? "";
  return { engine: { ca: text("caFile"), cert: text("certFile"), key: text("keyFile") } };
}

type Login = Omit<SshConfig, "bastion" | "sudoPassword"> & { readonly address: string };

function reach(
  login: Login,
  where: string,
  read: ReadText,
  problems: Problem[],
): { plan: Omit<SshPlan, "bastion">; privateKey?: string } {
  const { address, port = 22, user, agent = false } = login;
  if (user === undefined) {
    problems.push({ where: `${where}.user`, message: "missing; say who logs in, here or under `ssh.user`" });
  }
  const privateKey =
    login.privateKey ??
    (login.privateKeyFile ? readInto(login.privateKeyFile, `${where}.privateKeyFile`, read, problems) : undefined);
  if (login.privateKey === undefined && login.privateKeyFile === undefined && !agent) {
    problems.push({
      where,
      message:
        "no key to log in with; set privateKey (as a secret), privateKeyFile or agent: true, here or under `ssh`",
    });
  }
  const hostKey = hostKeyOf(login, address, port, where, read, problems);
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

function hostKeyOf(
  login: Login,
  address: string,
  port: number,
  where: string,
  read: ReadText,
  problems: Problem[],
): string | undefined {
  if (login.hostKey !== undefined) {
    return login.hostKey.split(" ").slice(0, 2).join(" ");
  }
  if (login.knownHostsFile !== undefined) {
    const text = readInto(login.knownHostsFile, `${where}.knownHostsFile`, read, problems);
    const key = text === undefined ? undefined : knownKey(text, address, port);
    if (text !== undefined && key === undefined && !login.insecureIgnoreHostKey) {
      problems.push({
        where: `${where}.knownHostsFile`,
        value: login.knownHostsFile,
        message: `holds no key of ${address}, port ${port}; add it after comparing it on the machine (ssh-keyscan -p ${port} ${address})`,
      });
    }
    return key;
  }
  if (!login.insecureIgnoreHostKey) {
    problems.push({
      where: `${where}.hostKey`,
      message:
        "missing; without it whoever answers in the machine's place gets its secrets. " +
        `Set hostKey or knownHostsFile (ssh-keyscan -p ${port} ${address} shows the key), or waive it: insecureIgnoreHostKey: true`,
    });
  }
  return undefined;
}
