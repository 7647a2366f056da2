import { clientKeyRestore } from "../ipc/generated/commands/client";
import { connectionRestore } from "../ipc/generated/commands/connections";
import { queryCreate, queryDraft } from "../ipc/generated/commands/queries";
import { sessionRestore } from "../ipc/generated/commands/sessions";
import { hold } from "./held.svelte";
import { notices, type Deleted } from "./notices.svelte";
import { selection, type Place } from "./selection.svelte";

/** Takes a deletion back, and goes to what is there again. */
export async function takeBack(deleted: Deleted): Promise<void> {
  if (deleted.what === "key") await clientKeyRestore(deleted.slug);
  else selection.go(await restore(deleted));
}

async function restore(deleted: Exclude<Deleted, { what: "key" }>): Promise<Place> {
  if (deleted.what === "connection") {
    await connectionRestore(deleted.slug);
    return { kind: "connection", slug: deleted.slug };
  }
  if (deleted.what === "session") {
    await sessionRestore(deleted.id);
    return { kind: "session", id: deleted.id };
  }
  const { folder, name, document, variables } = deleted.query;
  const path = await queryCreate(folder, name, document, variables);
  if (deleted.draft) await queryDraft(path, deleted.draft);
  return { kind: "query", path };
}

// A page that is loaded again still offers what can be undone.
hold<[string, Deleted][]>(
  "undo",
  () => {
    const undos = notices.toasts.flatMap(({ message, deleted }): [string, Deleted][] =>
      deleted ? [[message, deleted]] : [],
    );
    return undos.length > 0 ? undos : null;
  },
  (held) => held.forEach(([message, deleted]) => notices.undo(message, deleted)),
);
