import type { SessionView } from "../../ipc/types";

/** What a provider can be asked about a session. */
export type Question = "userinfo" | "access_token" | "refresh_token";

/** The questions that this session's provider answers. */
export function questions({ abilities, access, refresh }: SessionView): { label: string; ask: Question }[] {
  const found: { label: string; ask: Question }[] = [];
  if (abilities.userinfo && access) found.push({ label: "User info", ask: "userinfo" });
  if (abilities.introspection && (access || refresh))
    found.push({ label: "Introspect", ask: access ? "access_token" : "refresh_token" });
  return found;
}
