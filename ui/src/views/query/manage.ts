import { queryCreate, queryDelete, queryRename } from "../../ipc/generated/commands/queries";
import { notices } from "../../state/notices.svelte";
import { editors, type QueryEditor } from "../../state/queryEditor.svelte";
import { selection } from "../../state/selection.svelte";

/** Renames a query or moves it to another folder; what is typed goes along as the draft, still not saved. */
export function move(editor: QueryEditor, folder: string, name: string): Promise<boolean> {
  return notices.attempt(async () => {
    await editor.flush();
    const path = await editor.move(() => queryRename(editor.path, folder, name));
    if (path !== editor.path) editors.forget(editor.path);
    selection.go({ kind: "query", path });
  });
}

/** A second query with the same text as it is typed. */
export function duplicate(editor: QueryEditor): Promise<boolean> {
  const { view, document, variables } = editor;
  return notices.attempt(async () => {
    if (!view) return;
    // The comment that names it would stay as a second name.
    const name = `# ${view.name}\n`;
    const unnamed = document.startsWith(name) ? document.slice(name.length) : document;
    const path = await queryCreate(view.folder, `${view.name} copy`, unnamed, variables);
    selection.go({ kind: "query", path });
  });
}

/** Deletes a query; Undo brings the file back as it was, and what was typed as its draft. */
export function remove(editor: QueryEditor): Promise<boolean> {
  return notices.attempt(async () => {
    await editor.keepDraft();
    const { dirty, typed } = editor;
    const deleted = await queryDelete(editor.path);
    editors.forget(editor.path);
    notices.undo(`Deleted the query ${deleted.name}`, {
      what: "query",
      query: deleted,
      draft: dirty ? typed : null,
    });
  });
}
