import type { ErrorCode } from "./generated";

/** Whether it is one of those that the page does something about; every other error it only shows. */
export const isError = ({ code }: { code: string }, ...codes: ErrorCode[]): boolean =>
  (codes as string[]).includes(code);
