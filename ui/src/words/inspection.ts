import type { CheckView, InspectionView } from "../ipc/generated";
import { tally } from "./checks";
import { meaning } from "./claims";

/** `ok` only where a signature was checked and nothing is wrong; `plain` where there was nothing to check. */
export type Level = "ok" | "warn" | "bad" | "plain";

const isSignature = ({ name }: CheckView) => name === "signature";

export function level(view: InspectionView): Level {
  if (view.checks.some(({ outcome }) => outcome === "failed")) return "bad";
  if (view.kind === "private_key") return "bad";
  if (view.problems.length > 0 || view.kind === "unknown") return "warn";
  const signed = view.checks.find(isSignature);
  const own: Level = signed?.outcome === "passed" ? "ok" : "plain";
  // What is wrong inside is wrong with the whole.
  const inside = view.inner.map(level);
  return inside.find((one) => one === "bad") ?? inside.find((one) => one === "warn") ?? own;
}

/** What to do to have a token's signature checked; null where it was, or where there is none. */
export function unsigned(view: InspectionView): string | null {
  const check = view.checks.find(isSignature);
  return check?.outcome === "skipped" ? check.hint : null;
}

/** Names of the field stay as they are; the others are words. */
const names: Record<string, string> = {
  graphql: "GraphQL",
  json: "JSON",
  jwe: "JWE",
  jwks: "JWKS",
  jwt: "JWT",
  oauth: "OAuth",
  url: "URL",
};

export function kindName(kind: string): string {
  if (["id_token", "access_token"].includes(kind)) return kind;
  const words = kind.split("_").map((word) => names[word] ?? word);
  const [first = "", ...rest] = words;
  return [first[0]?.toUpperCase() + first.slice(1), ...rest].join(" ");
}

/** Where something was found, such as `access_token`; what it is where it was found nowhere. */
export const heading = ({ kind, place }: InspectionView) => place ?? kindName(kind);

const indent = (text: string, by: string) => text.replace(/^(?=.)/gm, by);

function checkLine({ title, outcome, expected, got, why, section, code, hint }: CheckView): string {
  const lines = [`${outcome.padEnd(7)} ${title}${section ? ` (${section})` : ""}`];
  if (outcome === "failed")
    lines.push(
      `  expected: ${expected || "–"}`,
      `  got: ${got || "–"}`,
      `  why: ${why}`,
      ...(hint ? [`  to do: ${hint}`] : []),
      ...(code ? [`  code: ${code}`] : []),
    );
  if (outcome === "skipped") lines.push(`  ${why}`);
  return lines.join("\n");
}

/** A report for a ticket. It has what the page shows, where secrets are masked. */
export function asText(view: InspectionView, now: number): string {
  return report(view, now + (view.clockAheadMs ?? 0));
}

function report(view: InspectionView, now: number): string {
  const blocks = [`${heading(view)}\n${view.summary}`];
  if (view.problems.length > 0) {
    const lines = view.problems.map(({ message, hint }) => `- ${message}${hint ? `\n  ${hint}` : ""}`);
    blocks.push(`Problems\n${lines.join("\n")}`);
  }
  for (const { title, text, rows } of view.parts) {
    const width = Math.max(0, ...rows.map(({ name }) => name.length));
    const lines = rows.map((row) => {
      const words = meaning(row, now);
      return `  ${row.name.padEnd(width)}  ${row.value}${words ? `  (${words})` : ""}`;
    });
    // The table says the same as the text, and more.
    if (rows.length === 0 && text) lines.push(indent(text, "  "));
    blocks.push([title, ...lines].join("\n"));
  }
  if (view.checks.length > 0)
    blocks.push(`Checks: ${tally(view.checks)}\n${view.checks.map(checkLine).join("\n")}`);
  for (const inner of view.inner) blocks.push(indent(report(inner, now), "  "));
  return blocks.join("\n\n");
}
