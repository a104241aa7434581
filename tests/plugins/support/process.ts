import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { eventually } from "../../support/eventually";

const patienceSeconds = 60;

/** Id of a process, once it has written that into a file. */
export function startedIn(file: string): Promise<number> {
  return eventually(async () => {
    const id = Number(await readFile(file, "utf8"));
    if (!id) throw new Error(`${file} holds no process id yet`);
    return id;
  }, patienceSeconds);
}

/** Waits until a process is gone. */
export function endOf(id: number): Promise<void> {
  return eventually(async () => {
    if (existsSync(`/proc/${id}`)) throw new Error(`process ${id} still runs`);
  }, patienceSeconds);
}
