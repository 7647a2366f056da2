import { connectionDelete } from "../../ipc/connections";
import { forms } from "../../state/connectionForm.svelte";
import { notices } from "../../state/notices.svelte";
import { overview } from "../../state/overview.svelte";
import { selection } from "../../state/selection.svelte";

/** Deletes the connection, and offers to bring it back. */
export const remove = (slug: string) =>
  notices.attempt(async () => {
    const { name } = await connectionDelete(slug);
    forms.forget(slug);
    await overview.load();
    selection.settle();
    notices.undo(`Deleted the connection ${name}`, { what: "connection", slug });
  });
