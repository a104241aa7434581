import { planReport } from "../../tasks/report/model";
import { readPreview } from "../../tasks/report/preview";
import { render } from "../../tasks/report/render";
import { pulumiCommand } from "../plugins/support/tools";
import { savedText } from "../previews/saved";
import { stack, Workshop } from "../previews/workshop";
import { median } from "./median";

/** Seconds from the text of a preview in which so many resources change to the report on it. */
export async function reporting(resources: number): Promise<number> {
  const saved = JSON.parse(savedText("scale-3-to-5"));
  const [root, ...steps] = saved.steps as { urn: string; op: string }[];
  const many = Array.from({ length: resources }, (_, index) => {
    const step = steps[index % steps.length];
    return step && { ...step, urn: `${step.urn}-${index}` };
  });
  const counts = Object.fromEntries([...new Set(steps.map(({ op }) => op))].map((op) => [op, 0]));
  const text = JSON.stringify({ ...saved, steps: [root, ...many], changeSummary: counts });
  const start = performance.now();
  const report = await planReport(readPreview(text, { source: "bench", project: "hashistack", stack }), { stack });
  render(report, "markdown", { whole: "elsewhere" });
  return (performance.now() - start) / 1000;
}

/** Seconds of `pulumi preview`, judged by the policies, and of a report with the same preview in it, alternating: the medians. */
export async function besidePreview(runs = 7): Promise<{ preview: number; report: number }> {
  const workshop = await Workshop.create(await pulumiCommand());
  try {
    await workshop.up();
    await workshop.checkout.edit("Pulumi.prod.yaml", "logLevel: warn", "logLevel: debug");
    const timed = async (line: string) => {
      const start = performance.now();
      const { code, output } = await workshop.sh(line);
      if (code !== 0) {
        throw new Error(`${line} ended with ${code}:\n${output.slice(-3000)}`);
      }
      return (performance.now() - start) / 1000;
    };
    const previews: number[] = [];
    const reports: number[] = [];
    // Once before, so that whatever is made only once is not counted.
    await timed(`npm run -s preview-report -- --stack ${stack} > report`);
    for (let run = 0; run < runs; run++) {
      previews.push(
        await timed(`.hashistack/bin/pulumi preview --json --policy-pack policy --stack ${stack} > preview`),
      );
      reports.push(await timed(`npm run -s preview-report -- --stack ${stack} > report`));
    }
    return { preview: median(previews), report: median(reports) };
  } finally {
    await workshop.remove();
  }
}
