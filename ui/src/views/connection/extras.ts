import type { ParametersView, ReservedView, StartsWith } from "../../ipc/generated";

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
export function byReason(reserved: ReservedView[]): { names: string; reason: string }[] {
  const found = new Map<string, Set<string>>();
  for (const { name, reason } of reserved) found.set(reason, (found.get(reason) ?? new Set()).add(name));
  return [...found].map(([reason, names]) => ({ names: [...names].join(", "), reason }));
}
