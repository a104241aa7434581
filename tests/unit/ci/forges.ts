import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiAnswer, type ApiQuestion, FakeApi } from "../../support/fakeApi";

interface Stored {
  readonly id: number;
  readonly mine: boolean;
  body: string;
  title?: string;
  state: "open" | "closed";
}

/** A forge as far as the pipeline talks to it: lists in pages, and keeps what is written. */
export class FakeForge {
  readonly comments: Stored[] = [];
  readonly issues: Stored[] = [];
  readonly api: FakeApi;

  private readonly folders: string[] = [];

  private constructor(private readonly kind: "github" | "gitlab") {
    this.api = new FakeApi((question) => this.answer(question));
  }

  static async start(kind: "github" | "gitlab"): Promise<FakeForge> {
    const forge = new FakeForge(kind);
    await forge.api.start();
    return forge;
  }

  async stop(): Promise<void> {
    await this.api.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true });
  }

  /** What the forge's runner sets for a run about a change. */
  environment(head = "acme/infra"): NodeJS.ProcessEnv {
    const folder = mkdtempSync(join(tmpdir(), "hashistack-ci-"));
    this.folders.push(folder);
    if (this.kind === "gitlab") {
      return {
        GITLAB_CI: "true",
        GITLAB_TOKEN: "t0ken",
        CI_API_V4_URL: this.api.url,
        CI_PROJECT_ID: "12",
        CI_MERGE_REQUEST_IID: "7",
        CI_JOB_URL: "https://gitlab.example/job/1",
      };
    }
    const event = join(folder, "event.json");
    writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { repo: { full_name: head } } } }));
    writeFileSync(join(folder, "summary"), "");
    return {
      GITHUB_ACTIONS: "true",
      GITHUB_TOKEN: "t0ken",
      GITHUB_API_URL: this.api.url,
      GITHUB_REPOSITORY: "acme/infra",
      GITHUB_EVENT_PATH: event,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_RUN_ID: "1",
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
    };
  }

  add(list: Stored[], body: string, mine: boolean): Stored {
    const stored: Stored = { id: 100 + list.length, mine, body, state: "open" };
    list.push(stored);
    return stored;
  }

  private answer({ line, headers, body }: ApiQuestion): ApiAnswer {
    const [method = "", address = ""] = line.split(" ");
    const { pathname, searchParams } = new URL(address, "http://forge");
    const token =
      this.kind === "github" ? headers.authorization === "Bearer t0ken" : headers["private-token"] === "t0ken";
    if (!token) {
      return { status: 401, body: { message: "401 Unauthorized" } };
    }
    if (pathname === "/user") {
      return { body: { id: 1 } };
    }
    const about = this.kind === "github" ? "/repos/acme/infra/issues" : "/projects/12";
    const comments = this.kind === "github" ? `${about}/7/comments` : `${about}/merge_requests/7/notes`;
    const comment = this.kind === "github" ? `${about}/comments` : comments;
    const issues = this.kind === "github" ? about : `${about}/issues`;
    for (const [list, all, one] of [
      [this.comments, comments, comment],
      [this.issues, issues, issues],
    ] as const) {
      if (pathname === all && method === "GET") {
        const open = list.filter(({ state }) => state === "open").map((each) => this.shown(each));
        const size = Number(searchParams.get("per_page"));
        const page = Number(searchParams.get("page"));
        return { body: open.slice((page - 1) * size, page * size) };
      }
      const sent = body as {
        title?: string;
        body?: string;
        description?: string;
        state?: string;
        state_event?: string;
      };
      const text = sent?.body ?? sent?.description;
      if (pathname === all && method === "POST") {
        this.add(list, text ?? "", true).title = sent.title;
        return { status: 201, body: {} };
      }
      const found = list.find(({ id }) => pathname === `${one}/${id}`);
      if (found && method === (this.kind === "github" ? "PATCH" : "PUT")) {
        found.body = text ?? found.body;
        found.title = sent.title ?? found.title;
        found.state = sent.state === "closed" || sent.state_event === "close" ? "closed" : found.state;
        return { body: {} };
      }
    }
    return { status: 404, body: { message: `there is no ${line}` } };
  }

  private shown({ id, mine, body, title }: Stored): object {
    return this.kind === "github"
      ? { id, number: id, title, body, user: { login: mine ? "github-actions[bot]" : "stranger" } }
      : { id, iid: id, title, body, description: body, author: { id: mine ? 1 : 2 } };
  }
}
