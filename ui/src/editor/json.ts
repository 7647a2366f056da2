import { json as language, jsonLanguage } from "@codemirror/lang-json";
import { linter } from "@codemirror/lint";

export const json = () => language();

/** What is wrong with a text that should be a JSON object. Lines and columns are one-based. */
export interface JsonProblem {
  message: string;
  line: number;
  column: number;
  offset: number;
}

/** Finds the first mistake in the variables; none in an empty text. */
export function variablesProblem(text: string): JsonProblem | null {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return null;
    return at(text, text.search(/\S/), "Variables are not one JSON object");
  } catch {
    return at(text, firstMistake(text), "Variables are not JSON");
  }
}

/** Marks the mistake where it is. */
export const variablesLinter = () =>
  linter(
    (view) => {
      const text = view.state.doc.toString();
      const problem = variablesProblem(text);
      if (!problem) return [];
      const from = Math.min(problem.offset, Math.max(0, text.length - 1));
      return [{ from, to: Math.min(text.length, from + 1), severity: "error", message: problem.message }];
    },
    { delay: 200 },
  );

/** The engines word and place a `SyntaxError` each in their own way, so the position comes from our parser. */
function firstMistake(text: string): number {
  let first = -1;
  jsonLanguage.parser.parse(text).iterate({
    enter(node) {
      if (first < 0 && node.type.isError) first = node.from;
      return first < 0;
    },
  });
  return first < 0 ? text.trimEnd().length : first;
}

function at(text: string, offset: number, message: string): JsonProblem {
  const before = text.slice(0, offset).split("\n");
  return { message, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, offset };
}
