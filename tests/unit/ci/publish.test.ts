import { forgeOf } from "../../../tasks/ci/forge";
import { publishComment, publishIssue } from "../../../tasks/ci/publish";
import { marked, markerOf } from "../../../tasks/ci/text";
import { FakeForge } from "./forges";

describe.each(["github", "gitlab"] as const)("on %s", (kind) => {
  let fake: FakeForge;
  beforeEach(async () => {
    fake = await FakeForge.start(kind);
  });
  afterEach(() => fake.stop());
  const forge = () => forgeOf(fake.environment());

  test("a change gets one comment, updated by every run", async () => {
    expect(await publishComment(forge(), "preview prod", "first")).toBe("comment written");
    expect(await publishComment(forge(), "preview prod", "second")).toBe("comment updated");
    expect(fake.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(/^<!-- hashistack: preview prod -->\nsecond\n\n\[What ran\]\(https:.*\)$/),
    ]);
  });

  test("each key has a comment of its own", async () => {
    await publishComment(forge(), "preview prod", "a");
    await publishComment(forge(), "preview prod-2", "b");
    expect(fake.comments).toHaveLength(2);
  });

  test("one is found behind hundreds of others, and a stranger's with our marker is left alone", async () => {
    fake.add(fake.comments, `${markerOf("preview prod")}\nnot ours`, false);
    for (let n = 0; n < 230; n++) {
      fake.add(fake.comments, `remark ${n}`, n % 2 === 0);
    }
    const ours = fake.add(fake.comments, `${markerOf("preview prod")}\nold`, true);
    expect(await publishComment(forge(), "preview prod", "new")).toBe("comment updated");
    expect(ours.body).toContain("new");
    expect(fake.comments[0]?.body).toContain("not ours");
    expect(fake.comments).toHaveLength(232);
  });

  test("where there is no report the comment says so, in place of an old one that would mislead", async () => {
    await publishComment(forge(), "preview prod", "all is well");
    await publishComment(forge(), "preview prod", undefined);
    expect(fake.comments[0]?.body).toContain("**No report**");
    expect(fake.comments[0]?.body).not.toContain("all is well");
  });

  test("an issue is opened, updated and closed; the next one is new", async () => {
    const report = (text: string) => publishIssue(forge(), "drift prod", "prod has drifted", text);
    expect(await report("")).toBe("nothing to report, and no issue is open");
    expect(await report("a volume is gone")).toBe("issue opened");
    expect(await report("two volumes are gone")).toBe("issue 100 updated");
    expect(fake.issues).toEqual([
      expect.objectContaining({
        title: "prod has drifted",
        body: expect.stringContaining("two volumes"),
        state: "open",
      }),
    ]);
    expect(await report("\n")).toBe("issue 100 closed");
    expect(await report("again")).toBe("issue opened");
    expect(fake.issues.map(({ state }) => state)).toEqual(["closed", "open"]);
  });

  test("a refusal names the question and the answer, and shows no token", async () => {
    const environment = { ...fake.environment(), GITHUB_TOKEN: "wr0ng", GITLAB_TOKEN: "wr0ng" };
    const failed = publishComment(forgeOf(environment), "preview prod", "x");
    await expect(failed).rejects.toThrow(/^GET http.* was refused: 401: .*Unauthorized/);
    await expect(failed).rejects.not.toThrow("wr0ng");
  });
});

test("a fork's pull request gets no comment: its token may write none", async () => {
  const fake = await FakeForge.start("github");
  const done = await publishComment(forgeOf(fake.environment("stranger/infra")), "preview dev", "x");
  expect(done).toMatch(/no comment/);
  expect(fake.api.lines).toEqual([]);
  await fake.stop();
});

test.each([
  [{}, "neither GITHUB_ACTIONS nor GITLAB_CI is set"],
  [{ GITLAB_CI: "true" }, "GITLAB_TOKEN is not set: expected a project access token"],
  [{ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "a/b" }, "GITHUB_TOKEN is not set"],
])("what is missing is named: %j", (environment, message) => {
  expect(() => forgeOf(environment)).toThrow(message);
});

test.each(["", "a\nb", "-->", "two  blanks"])("a key that could end the marker is refused: %j", (key) => {
  expect(() => markerOf(key)).toThrow("expected words");
});

describe("a text that is too long", () => {
  const forge = { longest: 400, runUrl: "https://ci.example/1" };

  test("is cut, and says where the rest is", () => {
    const text = marked("k", "x".repeat(1000), forge);
    expect(text.length).toBeLessThanOrEqual(400);
    expect(text).toMatch(/The rest is on the page of the run\.\n\n\[What ran\]\(https:\/\/ci\.example\/1\)$/);
  });

  test.each(["```", "````"])("ends a block of code that the cut left open: %s", (fence) => {
    const text = marked("k", `${fence}diff\n${"+ line\n".repeat(200)}${fence}\n`, forge);
    expect(text.length).toBeLessThanOrEqual(400);
    expect(text).toContain(`\n${fence}\n\n… The rest`);
  });

  test("leaves a shorter one as it is", () => {
    expect(marked("k", "all\n", forge)).toBe("<!-- hashistack: k -->\nall\n\n[What ran](https://ci.example/1)");
  });
});
