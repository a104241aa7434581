/** A stand-in's own file, beside the executable that starts it. */
export const programFile = "plugin.js";
