import type { CheckView } from "../ipc/generated";

/** `7 passed · 1 skipped`. */
export function tally(checks: CheckView[]): string {
  return (["passed", "failed", "skipped"] as const)
    .map((outcome) => ({ outcome, count: checks.filter((check) => check.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(" · ");
}

export const anyFailed = (checks: CheckView[]) => checks.some(({ outcome }) => outcome === "failed");

/** What follows the document that the row above names already: `OIDC Core 3.1.3.7 (6)`, then `(2)`. */
export function shortSection(whole: string, above = ""): string {
  const words = whole.split(" ");
  const before = above.split(" ");
  let same = 0;
  while (same < words.length - 1 && words[same] === before[same]) same++;
  return words.slice(same).join(" ");
}
