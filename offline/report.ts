/** Tells the person who waits what is being done now, in one line without a newline. */
export type Report = (message: string) => void;
