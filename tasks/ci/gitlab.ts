import { Api, need } from "./api";
import type { Forge, Notes } from "./forge";

interface Written {
  readonly id: number;
  readonly iid: number;
  readonly body?: string;
  readonly description?: string | null;
}

interface Author {
  readonly author: { readonly id: number };
}

/** Label by which our issues are found among all others. */
const label = "hashistack";

export function gitlabOf(environment: NodeJS.ProcessEnv): Forge {
  // A job's own token may not write notes.
  const token = need(
    environment,
    "GITLAB_TOKEN",
    "a project access token with the scope api and the role Reporter, as a masked CI/CD variable",
  );
  const project = `/projects/${encodeURIComponent(need(environment, "CI_PROJECT_ID", "the project's number"))}`;
  const api = new Api(need(environment, "CI_API_V4_URL", "the API's address"), { "private-token": token });
  const { CI_MERGE_REQUEST_IID: change, CI_JOB_URL: runUrl = "" } = environment;
  let me: Promise<number> | undefined;
  const own = async <T extends Author>(all: readonly T[]): Promise<T[]> => {
    me ??= api.send("GET", "/user").then((user) => (user as { id: number }).id);
    const id = await me;
    return all.filter(({ author }) => author.id === id);
  };
  const notes = (iid: string): Notes => ({
    async own() {
      const all = await api.list<Written & Author>(`${project}/merge_requests/${iid}/notes`);
      return (await own(all)).map(({ id, body = "" }) => ({ id, body }));
    },
    async create(body) {
      await api.send("POST", `${project}/merge_requests/${iid}/notes`, { body });
    },
    async update(id, body) {
      await api.send("PUT", `${project}/merge_requests/${iid}/notes/${id}`, { body });
    },
  });
  return {
    longest: 1_000_000,
    runUrl,
    ...(change ? { change: notes(change) } : {}),
    issues: {
      async own() {
        const all = await api.list<Written & Author>(`${project}/issues?state=opened&labels=${label}`);
        return (await own(all)).map(({ iid, description }) => ({ id: iid, body: description ?? "" }));
      },
      async create(title, body) {
        await api.send("POST", `${project}/issues`, { title, description: body, labels: label });
      },
      async update(id, title, body) {
        await api.send("PUT", `${project}/issues/${id}`, { title, description: body });
      },
      async close(id) {
        await api.send("PUT", `${project}/issues/${id}`, { state_event: "close" });
      },
    },
  };
}
