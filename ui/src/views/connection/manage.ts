import { isError } from "../../ipc/errors";
import { connectionDelete } from "../../ipc/generated/commands/connections";
import { asErrorView } from "../../ipc/transport";
import { forms } from "../../state/connectionForm.svelte";
import { notices } from "../../state/notices.svelte";

/** Deletes the connection, and offers to bring it back, also where only part of it could be deleted. */
export const remove = (slug: string) =>
  notices.attempt(async () => {
    const offerUndo = (message: string) => notices.undo(message, { what: "connection", slug });
    try {
      const name = await connectionDelete(slug);
      forms.forget(slug);
      offerUndo(`Deleted the connection ${name}`);
    } catch (error) {
      if (isError(asErrorView(error), "connection_deleted_in_part")) {
        offerUndo("Deleted part of the connection");
        void forms.peek(slug)?.load();
      }
      throw error;
    }
  });
