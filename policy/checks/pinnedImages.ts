import { isComputed } from "../../components/jobs/values";
import { resourceTokens } from "../../components/tokens";
import type { Context, Resource, ResourceCheck, Violation } from "../lib/check";
import { looseness } from "../lib/imageReference";
import { type Job, readJob, tasksOf } from "../lib/job";

/** A container, or an image that one runs. */
export function looseImage(
  { name, type, props }: Pick<Resource, "name" | "type" | "props">,
  { allow }: Context,
): Violation[] {
  const reference = type === resourceTokens.image ? props.name : props.image;
  return typeof reference === "string" && !allow.includes(name) ? complaint(`Resource ${name}`, reference) : [];
}

export function looseTaskImages(job: Job, context: Context): Violation[] {
  return tasksOf(job, context).flatMap(({ place, task: { image } }) => {
    if (image === undefined) {
      return [];
    }
    return isComputed(image)
      ? [
          `Task ${place} runs an image that cannot be told before it starts, ${JSON.stringify(image)}. Use text and HCL ` +
            "variables whose values the stack sets.",
        ]
      : complaint(`Task ${place}`, image);
  });
}

function complaint(who: string, reference: string): Violation[] {
  const loose = looseness(reference);
  return loose
    ? [
        `${who} runs the image ${JSON.stringify(reference)}, with ${loose}: what runs changes with the day on which it ` +
          "starts. Name a tag of a release, or a digest (@sha256:…).",
      ]
    : [];
}

export const pinnedImages: ResourceCheck = {
  name: "pinned-images",
  description: "Every image has a tag that is not latest, or a digest.",
  types: [resourceTokens.container, resourceTokens.image, resourceTokens.job],
  async check(resource, context) {
    if (resource.type !== resourceTokens.job) {
      return looseImage(resource, context);
    }
    const { job } = await readJob(resource);
    return job === undefined ? [] : looseTaskImages(job, context);
  },
};
