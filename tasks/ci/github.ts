import { readFileSync } from "node:fs";
import { Api, need } from "./api";
import type { Forge, Note, Notes } from "./forge";

interface Written {
  readonly id: number;
  readonly number: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly pull_request?: unknown;
}

interface Event {
  readonly pull_request?: {
    readonly number: number;
    readonly head: { readonly repo: { readonly full_name: string } | null };
  };
}

/** Who writes with a workflow's own token. */
const bot = "github-actions[bot]";

/** Label by which our issues are found among all others. */
const label = "hashistack";

const own = ({ user }: Written) => user?.login === bot;

export function githubOf(environment: NodeJS.ProcessEnv): Forge {
  const repository = need(environment, "GITHUB_REPOSITORY", "owner/name");
  const token = need(environment, "GITHUB_TOKEN", "the workflow's token: set it in the step's env");
  const path = `/repos/${repository}`;
  const api = new Api(need(environment, "GITHUB_API_URL", "the API's address"), {
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  });
  const event: Event = environment.GITHUB_EVENT_PATH
    ? JSON.parse(readFileSync(environment.GITHUB_EVENT_PATH, "utf8"))
    : {};
  const { GITHUB_SERVER_URL: server, GITHUB_RUN_ID: run, GITHUB_STEP_SUMMARY: summaryFile } = environment;
  const pull = event.pull_request;
  return {
    longest: 65_536,
    runUrl: `${server}/${repository}/actions/runs/${run}`,
    summaryFile,
    // The token of a run for a fork's pull request may write nothing.
    ...(pull && pull.head.repo?.full_name === repository ? { change: comments(api, path, pull.number) } : {}),
    issues: {
      async own() {
        const all = await api.list<Written>(`${path}/issues?state=open&labels=${label}`);
        return all.filter((each) => own(each) && !each.pull_request).map(({ number, body }) => noteOf(number, body));
      },
      async create(title, body) {
        await api.send("POST", `${path}/issues`, { title, body, labels: [label] });
      },
      async update(id, title, body) {
        await api.send("PATCH", `${path}/issues/${id}`, { title, body });
      },
      async close(id) {
        await api.send("PATCH", `${path}/issues/${id}`, { state: "closed", state_reason: "completed" });
      },
    },
  };
}

function comments(api: Api, path: string, number: number): Notes {
  return {
    async own() {
      const all = await api.list<Written>(`${path}/issues/${number}/comments`);
      return all.filter(own).map(({ id, body }) => noteOf(id, body));
    },
    async create(body) {
      await api.send("POST", `${path}/issues/${number}/comments`, { body });
    },
    async update(id, body) {
      await api.send("PATCH", `${path}/issues/comments/${id}`, { body });
    },
  };
}

function noteOf(id: number, body: string | null): Note {
  return { id, body: body ?? "" };
}
