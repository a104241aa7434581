import { githubOf } from "./github";
import { gitlabOf } from "./gitlab";

/** A comment or an issue that this project wrote, or may have. */
export interface Note {
  readonly id: number;
  readonly body: string;
}

/** Where a pipeline talks to people: comments on the change under review, and issues. */
export interface Forge {
  /** Characters that a text may have. */
  readonly longest: number;
  /** Where a person sees what this run did. */
  readonly runUrl: string;
  /** File whose text is shown on the run's own page; absent where there is none. */
  readonly summaryFile?: string;
  /** The change under review; absent where this run is about none, or may not write to it. */
  readonly change?: Notes;
  readonly issues: Issues;
}

export interface Notes {
  /** Those of this pipeline's own hand: a stranger's text with our marker is none. */
  own(): Promise<Note[]>;
  create(body: string): Promise<void>;
  update(id: number, body: string): Promise<void>;
}

export interface Issues {
  /** Open issues of this pipeline's own hand. */
  own(): Promise<Note[]>;
  create(title: string, body: string): Promise<void>;
  update(id: number, title: string, body: string): Promise<void>;
  close(id: number): Promise<void>;
}

/** The forge that this pipeline runs on, from what it sets in the environment. */
export function forgeOf(environment: NodeJS.ProcessEnv): Forge {
  if (environment.GITHUB_ACTIONS) {
    return githubOf(environment);
  }
  if (environment.GITLAB_CI) {
    return gitlabOf(environment);
  }
  throw new Error(
    "This speaks to GitHub or GitLab from within their pipelines; neither GITHUB_ACTIONS nor GITLAB_CI is set.",
  );
}
