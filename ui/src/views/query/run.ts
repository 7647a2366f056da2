import { operations } from "../../editor/graphql";
import { variablesProblem } from "../../editor/json";
import type { SessionSummary } from "../../ipc/types";
import type { QueryEditor } from "../../state/queryEditor.svelte";

/** The named operations of a document, where there is a choice. */
export function choices(document: string) {
  const named = operations(document).filter(({ name }) => name !== null);
  return named.length > 1 ? named : [];
}

/** The operation that a run takes: the one that was chosen, else the first; none where there is no choice. */
export function chosen(editor: QueryEditor): string | null {
  const named = choices(editor.document);
  return (named.find(({ name }) => name === editor.operation) ?? named[0])?.name ?? null;
}

/** Sends the query as it is typed; with variables that are not JSON it says so instead. */
export function run(editor: QueryEditor, session: SessionSummary | null): void {
  if (editor.running || !session) return;
  const problem = variablesProblem(editor.variables);
  if (problem) {
    editor.refuse({
      code: "variables_malformed",
      message: problem.message,
      hint: `Nothing was sent. Mend line ${problem.line}, column ${problem.column} of the variables, then run again.`,
      detail: null,
    });
    return;
  }
  void editor.run(session, chosen(editor));
}
