/** A preview that cannot be reported on; its message is for people. */
export class PreviewError extends Error {}
