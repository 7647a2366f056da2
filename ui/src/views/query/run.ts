import { operations } from "../../editor/graphql";
import { variablesProblem } from "../../editor/json";
import type { Environment, SessionSummary } from "../../ipc/generated";
import { overview } from "../../state/overview.svelte";
import type { QueryEditor } from "../../state/queryEditor.svelte";

/** The one to sign in through: never one that cannot be read, and none that is live where another is there. */
export function usualConnection() {
  const whole = overview.connections.filter(({ broken }) => broken === null);
  const of = (environment: Environment) => whole.find((one) => one.environment === environment);
  return of("local") ?? of("test") ?? of("live");
}

/** The named operations of a document, where there is a choice. */
export function choices(document: string) {
  const named = operations(document).filter(({ name }) => name !== null);
  return named.length > 1 ? named : [];
}

/** The operation that was picked or has the cursor in it; null where there is no choice, or none was made. */
export function chosen(editor: QueryEditor): string | null {
  return choices(editor.document).find(({ name }) => name === editor.operation)?.name ?? null;
}

/** Sends the query as it is typed, where it is clear which operation; variables that are not JSON are refused. */
export function run(editor: QueryEditor, session: SessionSummary | null): void {
  if (editor.running || !session) return;
  const operation = chosen(editor);
  if (operation === null && choices(editor.document).length > 0) {
    editor.asking = true;
    return;
  }
  const problem = variablesProblem(editor.variables);
  if (problem) {
    editor.refuse({
      code: "variables_malformed",
      message: problem.message,
      hint: `Nothing was sent. Fix the variables at line ${problem.line}, column ${problem.column}, then run again.`,
      detail: null,
    });
    return;
  }
  void editor.run(session, operation);
}
