import type { ErrorView, NamedValue, ParametersView, StartsWith } from "../../ipc/types";

/** Why a save was refused, where the rows of extra headers and parameters are to blame. */
export const aboutRows = ({ code }: ErrorView) => /^(header|parameter)_/.test(code);

export const legs: { leg: keyof ParametersView; title: string }[] = [
  { leg: "authorize", title: "Authorization request" },
  { leg: "token", title: "Token request" },
  { leg: "refresh", title: "Refresh request" },
];

/** The requests that a connection of this kind sends at all. */
export function legsOf(startsWith: StartsWith) {
  if (startsWith === "sign_in") return legs;
  return startsWith === "refresh_token" ? legs.filter(({ leg }) => leg === "refresh") : [];
}

/** What is said of a name: each reason once. */
export function reserved(rows: NamedValue[]): { names: string; reason: string }[] {
  const byReason = new Map<string, Set<string>>();
  for (const { name, value } of rows) byReason.set(value, (byReason.get(value) ?? new Set()).add(name));
  return [...byReason].map(([reason, names]) => ({ names: [...names].join(", "), reason }));
}
