import type { ErrorView, GraphqlErrorView } from "../../ipc/generated";

/** The same error at one or more places of the reply. */
export interface ErrorGroup {
  error: GraphqlErrorView;
  /** The card of all of them: its details name every place. */
  card: ErrorView;
  meta: string | null;
}

/** One group for each different error, in the order of the reply. */
export function grouped(errors: GraphqlErrorView[]): ErrorGroup[] {
  const groups = new Map<string, GraphqlErrorView[]>();
  for (const error of errors) {
    const { card, code, missingScopes, line, column } = error;
    const key = JSON.stringify([card.code, card.message, card.hint, code, missingScopes, line, column]);
    const same = groups.get(key);
    if (same) same.push(error);
    else groups.set(key, [error]);
  }
  return [...groups.values()].flatMap((same) => (same[0] ? [group(same[0], same)] : []));
}

function group(error: GraphqlErrorView, same: GraphqlErrorView[]): ErrorGroup {
  const { path, code, line, column } = error;
  const one = same.length === 1;
  const meta = [
    one && path,
    code,
    line !== null && `line ${line}${column === null ? "" : `, column ${column}`}`,
    !one && `${same.length} places`,
  ];
  const said = [...new Set(same.map(({ card }) => card.detail))];
  const details = one ? said : [...said, ...same.map((other) => other.path)];
  return {
    error,
    card: { ...error.card, detail: details.filter(Boolean).join("\n") || null },
    meta: meta.filter(Boolean).join(" · ") || null,
  };
}
