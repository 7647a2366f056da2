import type { SessionKind } from "../ipc/generated";
import { clientTokens } from "./clientTokens.svelte";
import { forms } from "./connectionForm.svelte";
import { selection } from "./selection.svelte";
import { signIns } from "./signIns.svelte";

/**
 * What brings new tokens where these cannot be refreshed, by how such a session begins. `query` is where the
 * person wants to come back to.
 */
export function again(
  { kind, connection }: { kind: SessionKind; connection: string },
  query: string | null = null,
): { label: string; run: () => void } {
  if (kind === "client") return { label: "Get a fresh one", run: () => void fresh(connection, query) };
  const form = forms.get(connection);
  if (!form.view) void form.load();
  const signsIn = form.view === null || form.view.startsWith === "sign_in";
  if (kind === "user" && signsIn)
    return { label: "Sign in again", run: () => void signIns.start(connection, query) };
  return { label: "Start again", run: () => selection.go({ kind: "connection", slug: connection }) };
}

/** The new token takes the old one's place, where the query is too; a refusal is said with the session. */
async function fresh(connection: string, query: string | null): Promise<void> {
  const id = await clientTokens.get(connection, true);
  if (id && query === null) selection.go({ kind: "session", id });
}
