import { ensureEngine, ensureSharedMounts } from "../../offline/engine";
import { ensureImages } from "../../offline/images";
import { formatFindings, preflight } from "../preflight";
import { heal } from "./heal";
import { paths } from "./paths";
import { preflightPlan } from "./preflightPlan";
import { ensureStack } from "./pulumi";
import { recover } from "./recover";
import { imagesOf, type Stack, usesLocalEngine } from "./stack";
import type { Step } from "./steps";
import { ensurePulumiPlugins, ensureTools } from "./tools";

/** What `pulumi` needs before it can run at all. */
export function pulumiSteps(stack: Stack): Step[] {
  return [
    { title: "Tools: pulumi, nomad, consul", run: (report) => ensureTools(stack, report) },
    { title: "Pulumi plugins", run: ensurePulumiPlugins },
    { title: `Stack ${stack.name}`, run: () => ensureStack(stack) },
  ];
}

/** What the stack needs of this machine, where its agents run on this machine's engine. */
export function machineSteps(stack: Stack): Step[] {
  if (!usesLocalEngine(stack)) {
    return [];
  }
  return [
    {
      title: "Docker engine",
      run: async (report) => {
        const engine = await ensureEngine({ directory: paths.engine, report });
        await ensureSharedMounts({ report });
        return `Docker ${engine.version} ${engine.origin}`;
      },
    },
    {
      title: "Preflight",
      run: async (report) => {
        const findings = await preflight(preflightPlan(stack));
        const errors = findings.filter(({ severity }) => severity === "error");
        if (errors.length > 0) {
          throw new Error(`This machine is not ready for stack ${stack.name}:\n${formatFindings(findings)}`);
        }
        for (const finding of findings) {
          report(formatFindings([finding]).trim());
        }
        return findings.length === 0 ? "nothing in the way" : "nothing that stops it";
      },
    },
    imagesStep(stack),
  ];
}

function imagesStep(stack: Stack): Step {
  return {
    title: "Images",
    run: async (report) => {
      const images = await ensureImages(imagesOf(stack), { report });
      const count = (origin: string) => images.filter((image) => image.origin === origin).length;
      return `${images.length} images: ${count("present")} present, ${count("pulled")} pulled, ${count("built")} built`;
    },
  };
}

/** What was killed or stopped since the last run, a run of Pulumi among it. */
export function recoverStep(stack: Stack): Step {
  return {
    title: "What earlier runs left",
    run: async (report) => {
      const { state, done } = await recover(stack, report);
      const healed = state && (await heal(stack, state, report));
      return [done, healed].filter(Boolean).join(", ") || "nothing";
    },
  };
}
