import { sessionDelete } from "../../ipc/sessions";
import type { SessionView } from "../../ipc/types";
import { notices } from "../../state/notices.svelte";
import { overview } from "../../state/overview.svelte";
import { selection } from "../../state/selection.svelte";

/** Deletes the session here, which can be undone, and goes to its connection. */
export function remove({ id, label, connection }: SessionView): Promise<boolean> {
  return notices.attempt(async () => {
    await sessionDelete(id);
    selection.go({ kind: "connection", slug: connection });
    await overview.load();
    notices.undo(`Deleted the session ${label}`, { what: "session", id });
  });
}
