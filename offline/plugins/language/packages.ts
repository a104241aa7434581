import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";

/** A plugin that an installed npm package needs. */
export interface RequiredPlugin {
  readonly name: string;
  /** With a leading `v`. */
  readonly version: string;
  /** Where to download it from, if the package says so. */
  readonly server?: string;
  readonly parameterization?: { readonly name: string; readonly version: string; readonly value: string };
}

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
    readonly parameterization?: RequiredPlugin["parameterization"];
  };
}

/** The plugins of all installed packages, also of linked ones and of packages inside packages. */
export function requiredPlugins(programDirectory: string): RequiredPlugin[] {
  const plugins = new Map<string, RequiredPlugin>();
  for (const directory of installedPackages(programDirectory)) {
    const plugin = pluginOf(readPackage(directory));
    if (plugin) plugins.set(`${plugin.name}@${plugin.version}`, plugin);
  }
  return [...plugins.values()];
}

/** Names and versions of what the program depends on, for `pulumi about`. */
export function dependencies(
  programDirectory: string,
  transitive: boolean,
): { readonly name: string; readonly version: string }[] {
  const direct = readPackage(programDirectory);
  const wanted = new Set(Object.keys({ ...direct?.dependencies, ...direct?.devDependencies }));
  const found = new Map<string, { name: string; version: string }>();
  for (const directory of installedPackages(programDirectory, transitive)) {
    const { name, version } = readPackage(directory) ?? {};
    if (name && version && (transitive || wanted.has(name))) found.set(`${name}@${version}`, { name, version });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function pluginOf(info: PackageJson | undefined): RequiredPlugin | undefined {
  if (!info?.pulumi?.resource) return undefined;
  const name = info.pulumi.name || (info.name?.startsWith("@pulumi/") ? info.name.slice("@pulumi/".length) : undefined);
  const version = info.pulumi.version || info.version;
  if (!name || !version) return undefined;
  return {
    name,
    version: version.startsWith("v") ? version : `v${version}`,
    server: info.pulumi.server,
    parameterization: info.pulumi.parameterization,
  };
}

/** Folders of the packages in `node_modules`; a linked package is followed, but never twice. */
function installedPackages(directory: string, nested = true, seen = new Set<string>()): string[] {
  const found: string[] = [];
  for (const folder of packageFolders(join(directory, "node_modules"))) {
    let real: string;
    try {
      real = realpathSync(folder);
    } catch {
      continue; // a link to nowhere
    }
    if (seen.has(real)) continue;
    seen.add(real);
    found.push(real);
    if (nested) found.push(...installedPackages(real, nested, seen));
  }
  return found;
}

function packageFolders(nodeModules: string): string[] {
  return entries(nodeModules).flatMap((name) => {
    if (name.startsWith(".")) return [];
    const folder = join(nodeModules, name);
    return name.startsWith("@") ? entries(folder).map((inner) => join(folder, inner)) : [folder];
  });
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readPackage(directory: string): PackageJson | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  } catch {
    return undefined; // not a package, or one that npm would not take for one either
  }
}
