import { InitializationError } from "./definition";
import { isList, isMap, Secret, type Value, type Values } from "./values";

/** Texts as short as these stand in every second message; a line of a longer text is told from others by its length. */
const shortest = { text: 6, line: 20 };

/**
 * Texts that must not be shown: what is secret in some values, whole and by its lines.
 *
 * @param shown paths, such as `connection.host`, of what is no secret although what it stands in is
 */
export function secretTexts(values: readonly Values[], shown: readonly string[] = []): string[] {
  const texts = values.flatMap((each) => within("", each, false, shown));
  // The longest first: what is a part of another must not break it up.
  return [...new Set(texts)].sort((a, b) => b.length - a.length);
}

function within(path: string, values: Values, secret: boolean, shown: readonly string[]): string[] {
  return Object.entries(values).flatMap(([name, value]) => textsIn(value, secret, `${path}${name}`, shown));
}

function textsIn(value: Value | undefined, secret: boolean, path: string, shown: readonly string[]): string[] {
  if (shown.includes(path)) return [];
  if (value instanceof Secret) return textsIn(value.value, true, path, shown);
  if (isList(value)) return value.flatMap((item) => textsIn(item, secret, path, shown));
  if (isMap(value)) return within(`${path}.`, value, secret, shown);
  if (!secret || typeof value !== "string") return [];
  const lines = value.split(/\r?\n/).filter((line) => line.length >= shortest.line && !line.startsWith("-----"));
  return [...(value.trim().length >= shortest.text ? [value, value.trim()] : []), ...lines];
}

export function blank(text: string, secrets: readonly string[]): string {
  return secrets.reduce((blanked, secret) => blanked.replaceAll(secret, "[secret]"), text);
}

/** An error of a handler without what must not be shown, whoever put it there. */
export function blankError(error: unknown, secrets: readonly string[]): unknown {
  if (error instanceof InitializationError) {
    return new InitializationError(
      error.partial,
      error.reasons.map((reason) => blank(reason, secrets)),
    );
  }
  if (error instanceof Error) error.message = blank(error.message, secrets);
  return error;
}
