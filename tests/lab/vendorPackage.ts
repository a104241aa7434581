/** Products that HashiCorp has in its apt repository. */
export type Vendor = "consul" | "nomad";

interface PackageFile {
  readonly content: string;
  readonly mode: number;
}

/** What of a package depends on its version. */
interface Control {
  readonly version: string;
  readonly architecture: string;
}

/**
 * The files of HashiCorp's package beside the program: where the vendor puts them, saying what the vendor's say in
 * so far as it matters to whoever installs the package: a user, a configuration and a unit that nobody has enabled.
 */
export function vendorFiles(
  product: Vendor,
  { version, architecture }: Control = { version: "0", architecture: "all" },
): Readonly<Record<string, PackageFile>> {
  const file = (lines: readonly string[], mode = 0o644): PackageFile => ({ content: `${lines.join("\n")}\n`, mode });
  const configuration = `etc/${product}.d/${product}.hcl`;
  const runsAs = product === "consul" ? ["User=consul", "Group=consul"] : [];
  return {
    "DEBIAN/control": file([
      `Package: ${product}`,
      `Version: ${version}`,
      "Section: default",
      "Priority: extra",
      `Architecture: ${architecture}`,
      "Maintainer: hashistack's lab <lab@example.invalid>",
      `Description: ${product}, packed by hashistack's lab as its vendor packs it`,
    ]),
    "DEBIAN/conffiles": file([`/${configuration}`, `/etc/${product}.d/${product}.env`]),
    "DEBIAN/postinst": file(
      [
        "#!/bin/sh",
        "set -e",
        `if [ "$1" = configure ]; then`,
        `  id -u ${product} >/dev/null 2>&1 || useradd --system --user-group --home-dir /etc/${product}.d --shell /bin/false ${product}`,
        `  mkdir -p /opt/${product}/data`,
        `  chown -R ${product}:${product} /etc/${product}.d /opt/${product}`,
        `  chmod 0640 /${configuration} /etc/${product}.d/${product}.env`,
        "  systemctl daemon-reload >/dev/null 2>&1 || true",
        "fi",
      ],
      0o755,
    ),
    "DEBIAN/prerm": file(
      [
        "#!/bin/sh",
        `if [ "$1" = remove ]; then systemctl --no-reload disable --now ${product} >/dev/null 2>&1 || true; fi`,
      ],
      0o755,
    ),
    [configuration]: file([
      `# What ${product} starts with unless somebody says otherwise.`,
      `data_dir = "/opt/${product}/data"`,
    ]),
    [`etc/${product}.d/${product}.env`]: file([]),
    [`lib/systemd/system/${product}.service`]: file([
      "[Unit]",
      `Description=${product}, as its vendor's package runs it`,
      "Wants=network-online.target",
      "After=network-online.target",
      `ConditionFileNotEmpty=/${configuration}`,
      "",
      "[Service]",
      ...runsAs,
      `EnvironmentFile=-/etc/${product}.d/${product}.env`,
      `ExecStart=/usr/bin/${product} agent -config${product === "consul" ? "-dir=" : " "}/etc/${product}.d`,
      "ExecReload=/bin/kill --signal HUP $MAINPID",
      "KillMode=process",
      "Restart=on-failure",
      "LimitNOFILE=65536",
      "",
      "[Install]",
      "WantedBy=multi-user.target",
    ]),
  };
}
