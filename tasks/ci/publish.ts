import type { Forge } from "./forge";
import { marked, markerOf } from "./text";

/**
 * Puts a report on the change under review: one comment for each key, updated by every run.
 *
 * @param report absent where there is none, because what was to write it failed
 * @returns what was done, in words
 */
export async function publishComment(forge: Forge, key: string, report: string | undefined): Promise<string> {
  const { change } = forge;
  if (change === undefined) {
    return "this run is about no change that it may write to: there is no comment";
  }
  const text = report ?? "**No report**: the run failed before there was one. What it said is on its page.";
  const body = marked(key, text, forge);
  const earlier = (await change.own()).find((note) => note.body.startsWith(markerOf(key)));
  if (earlier === undefined) {
    await change.create(body);
    return "comment written";
  }
  await change.update(earlier.id, body);
  return "comment updated";
}

/** Keeps one issue open for each key while there is something to report, and closes it once there is nothing. */
export async function publishIssue(forge: Forge, key: string, title: string, report: string): Promise<string> {
  const { issues } = forge;
  const earlier = (await issues.own()).find((note) => note.body.startsWith(markerOf(key)));
  if (report.trim() === "") {
    if (earlier === undefined) {
      return "nothing to report, and no issue is open";
    }
    await issues.close(earlier.id);
    return `issue ${earlier.id} closed`;
  }
  const body = marked(key, report, forge);
  if (earlier === undefined) {
    await issues.create(title, body);
    return "issue opened";
  }
  await issues.update(earlier.id, title, body);
  return `issue ${earlier.id} updated`;
}
