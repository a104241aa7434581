import { ask, saidIn } from "../../components/api/request";

/** A variable that must be there. */
export function need(environment: NodeJS.ProcessEnv, name: string, what: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`${name} is not set: expected ${what}.`);
  }
  return value;
}

/** Asks a forge's API as one user. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  async send(method: string, path: string, body?: unknown): Promise<unknown> {
    const question = { method, headers: { "user-agent": "hashistack", ...this.headers }, body, timeoutMs: 30_000 };
    const answer = await ask(`${this.base}${path}`, question);
    if (answer.status < 200 || answer.status > 299 || "error" in answer) {
      throw new Error(`${method} ${this.base}${path} was refused: ${saidIn(answer)}`);
    }
    return answer.body;
  }

  /** Every page of a list. */
  async list<T>(path: string): Promise<T[]> {
    const size = 100;
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const mark = path.includes("?") ? "&" : "?";
      const some = (await this.send("GET", `${path}${mark}per_page=${size}&page=${page}`)) as T[];
      all.push(...some);
      if (some.length < size) {
        return all;
      }
    }
  }
}
