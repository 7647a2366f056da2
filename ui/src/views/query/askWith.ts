import type { SessionSummary } from "../../ipc/generated";
import { chosenSessions } from "../../state/chosenSessions.svelte";
import { clientTokens } from "../../state/clientTokens.svelte";
import { forms } from "../../state/connectionForm.svelte";
import { selection } from "../../state/selection.svelte";
import { signIns } from "../../state/signIns.svelte";

/** Adds scopes to what the connection asks for, gets new tokens with them, and comes back to the query. */
export async function askWith({ kind, connection }: SessionSummary, scopes: string[], path: string) {
  const form = forms.get(connection);
  if (!form.view) await form.load();
  const field = kind === "client" ? "clientScopes" : "scopes";
  form.fields[field] = [...new Set([...form.fields[field], ...scopes])];
  if (!(await form.flush())) selection.go({ kind: "connection", slug: connection });
  else if (kind === "client") await getClientToken(connection, path);
  else await signIns.start(connection, path);
}

/** A refusal is shown with the connection. */
async function getClientToken(connection: string, path: string): Promise<void> {
  const id = await clientTokens.get(connection, true);
  if (id) chosenSessions.choose(path, id);
  else selection.go({ kind: "connection", slug: connection });
}
