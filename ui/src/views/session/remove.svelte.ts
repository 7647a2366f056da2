import { isError } from "../../ipc/errors";
import { SvelteSet } from "svelte/reactivity";
import { sessionDelete } from "../../ipc/generated/commands/sessions";
import { asErrorView } from "../../ipc/transport";
import type { SessionView } from "../../ipc/generated";
import { notices } from "../../state/notices.svelte";
import { selection } from "../../state/selection.svelte";

/** Sessions that are being deleted: one whose refresh is under way goes when that has ended. */
export const removing = new SvelteSet<string>();

/** Deletes the session here, which can be undone, and goes to its connection. */
export async function remove({ id, label, connection }: SessionView): Promise<void> {
  if (removing.has(id)) return;
  removing.add(id);
  await notices.attempt(async () => {
    const deleted = await isDeleted(id);
    selection.go({ kind: "connection", slug: connection });
    if (deleted) notices.undo(`Deleted the session ${label}`, { what: "session", id });
  });
  removing.delete(id);
}

/** False where the session was gone before. */
async function isDeleted(id: string): Promise<boolean> {
  try {
    await sessionDelete(id);
    return true;
  } catch (error) {
    if (!isError(asErrorView(error), "session_unknown")) throw error;
    return false;
  }
}
