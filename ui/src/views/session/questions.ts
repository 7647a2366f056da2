import type { SessionView } from "../../ipc/generated";

/** What a provider can be asked about a session. */
export type Question = "userinfo" | "access_token" | "refresh_token";

interface Offered {
  label: string;
  ask: Question;
  /** Why it cannot be asked. */
  refused?: string;
}

const PUBLIC = "Introspection needs a client that authenticates, and this connection's is public.";

/** The questions that this session's provider answers. */
export function questions({ abilities, access, refresh }: SessionView): Offered[] {
  const found: Offered[] = [];
  if (abilities.userinfo && access) found.push({ label: "User info", ask: "userinfo" });
  if (abilities.introspection && (access || refresh))
    found.push({
      label: "Introspect",
      ask: access ? "access_token" : "refresh_token",
      ...(abilities.publicClient ? { refused: PUBLIC } : {}),
    });
  return found;
}
