/** A place inside a property map, as Pulumi writes it: `ports[0].internal`, `labels["a.b"]`. */
export type Path = readonly (string | number)[];

const needsQuotes = /[.[\]"]/;

export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (step === "" || needsQuotes.test(step)) text += `["${step.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** The name of the property at the top: `ports[0].internal` → `ports`. */
export function rootOf(path: string): string {
  const quoted = /^\["((?:\\"|[^"])*)"\]/.exec(path);
  if (quoted?.[1] !== undefined) return quoted[1].replaceAll('\\"', '"');
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** True where `path` is one of `ignored` or inside one of them; `*` stands for any one step. */
export function isWithin(path: string, ignored: readonly string[]): boolean {
  const steps = parsePath(path);
  return ignored.some((text) => {
    const pattern = parsePath(text);
    return (
      pattern.length <= steps.length && pattern.every((step, i) => step === "*" || String(step) === String(steps[i]))
    );
  });
}

export function parsePath(text: string): Path {
  const path: (string | number)[] = [];
  for (const match of text.matchAll(/\["((?:\\"|[^"])*)"\]|\[(\d+)\]|\[(\*)\]|([^.[\]]+)/g)) {
    if (match[1] !== undefined) path.push(match[1].replaceAll('\\"', '"'));
    else if (match[2] !== undefined) path.push(Number(match[2]));
    else path.push(match[3] ?? match[4] ?? "");
  }
  return path;
}
