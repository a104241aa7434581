/** How to reach a machine over SSH: plain data. Keys and passwords travel apart, as {@link SshSecrets}. */
export interface SshPlan {
  readonly address: string;
  /** @default 22 */
  readonly port: number;
  readonly user: string;
  /**
   * Public key that the machine must show, as in a `known_hosts` file without the host: `ssh-ed25519 AAAA…`. Absent only
   * where the stack waives the check in so many words (`insecureIgnoreHostKey`).
   */
  readonly hostKey?: string;
  /** Whether the person's SSH agent signs, in place of a private key. */
  readonly agent: boolean;
  /** Machine to go through. */
  readonly bastion?: Omit<SshPlan, "bastion">;
}

/** What reaching a machine takes and nobody may see. Plain texts: whoever makes resources of them makes them secret first. */
export interface SshSecrets {
  /** PEM or OpenSSH text. */
  readonly privateKey?: string;
  /** Password of `sudo`, where that asks for one. */
  readonly sudoPassword?: string;
  readonly bastionPrivateKey?: string;
  /** Client certificate for a Docker engine at `tcp://`, in PEM. */
  readonly engine?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Where an Ubuntu machine's software comes from. */
export interface SoftwarePlan {
  /** `zip`: release archives checked against their SHA256SUMS; `apt`: packages of a vendor's repository. */
  readonly source: "zip" | "apt";
  /** Base URL of HashiCorp's releases or a mirror: `<base>/consul/1.22.7/consul_1.22.7_linux_amd64.zip`. */
  readonly hashicorpReleases: string;
  /** Base URL of Fabio's releases or a mirror: `<base>/v1.7.2/fabio-1.7.2-linux_amd64`. */
  readonly fabioReleases: string;
  /** HashiCorp's apt repository or a mirror. */
  readonly apt: { readonly url: string; readonly suite: string; readonly component: string };
  /** Armoured OpenPGP public key: signs the apt repository and, where given, must have signed SHA256SUMS. */
  readonly signingKey?: string;
  /** SHA-256 sums by file name, which must hold whatever the mirror's own list says. */
  readonly pinned: Readonly<Record<string, string>>;
}

/** A machine whose agents run in containers on its Docker engine. */
export interface DockerSubstrate {
  readonly kind: "docker";
  /** `unix:///path`, `ssh://user@host[:port]` or `tcp://host:port`. */
  readonly endpoint: string;
  /** Set for `ssh://`. */
  readonly ssh?: SshPlan;
  /** Client certificate for `tcp://`: paths on the machine where Pulumi runs. */
  readonly tls?: { readonly caFile: string; readonly certFile: string; readonly keyFile: string };
}

/** An Ubuntu (or Debian) machine whose agents are systemd services, managed over SSH. */
export interface UbuntuSubstrate {
  readonly kind: "ubuntu";
  readonly ssh: SshPlan;
  readonly software: SoftwarePlan;
  /** Whether the Docker engine is installed: where a client wants that driver. */
  readonly docker: boolean;
  /** Mirrors of Docker Hub for that engine. */
  readonly registryMirrors: readonly string[];
  /** Port of the Consul agent's DNS, to which `.consul` is forwarded. */
  readonly consulDnsPort: number;
  /** Whether data directories stay when the agent is destroyed. */
  readonly keepData: boolean;
}

export type Substrate = DockerSubstrate | UbuntuSubstrate;

/** A machine, and how agents are run on it. */
export interface HostPlan {
  readonly name: string;
  /** IPv4 address at which the other hosts reach it. */
  readonly address: string;
  /** Whether nothing on this host may listen beyond loopback. */
  readonly loopback: boolean;
  readonly substrate: Substrate;
}
