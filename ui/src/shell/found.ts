import type { Action } from "../state/actions.svelte";
import { actions } from "../state/actions.svelte";
import { overview } from "../state/overview.svelte";
import { selection } from "../state/selection.svelte";

/** A line of the palette: a thing to go to or an action to run. */
export interface Found extends Action {
  kind: "connection" | "session" | "query" | "tool" | "action";
  detail: string;
}

/** More of them nobody reads. */
const MAX_SHOWN = 60;

/** What the palette shows for these words, the best first; all that it can offer where there are none. */
export const search = (words: string) => find(words, everything()).slice(0, MAX_SHOWN);

/** Everything that the palette can offer now. */
function everything(): Found[] {
  const connections = overview.connections.flatMap(
    ({ slug, name, environment, broken, sessions }): Found[] => [
      {
        kind: "connection",
        title: name,
        detail: broken ? "cannot be read" : environment,
        run: () => selection.go({ kind: "connection", slug }),
      },
      ...sessions.map(({ id, label }): Found => ({
        kind: "session",
        title: label,
        detail: name,
        run: () => selection.go({ kind: "session", id }),
      })),
    ],
  );
  const queries = overview.queries.map(({ path, name, folder }): Found => ({
    kind: "query",
    title: name,
    detail: folder,
    run: () => selection.go({ kind: "query", path }),
  }));
  const all = actions.all.map((action): Found => ({
    detail: "",
    ...action,
    kind: action.tool ? "tool" : "action",
  }));
  const tools = all.filter(({ kind }) => kind === "tool");
  const doable = all.filter(({ kind }) => kind === "action");
  return [...doable.slice(0, 5), ...connections, ...queries, ...tools, ...doable.slice(5)];
}

/** Those that the words fit, the best first. */
export function find(words: string, all: Found[]): Found[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return all;
  const ranked = all
    .map((found) => ({ found, rank: rank(wanted, found) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank);
  // Where something begins like that, what only has it in the middle is in the way.
  const best = ranked[0]?.rank ?? 0;
  const poor = best >= 4 * wanted.length ? wanted.length : 0;
  return ranked.filter(({ rank }) => rank > poor).map(({ found }) => found);
}

/**
 * 0 where a word is missing. A word that begins the title counts most, then one that begins another word,
 * then letters that begin several words (`lba` for ListBankAccounts), then what stands in the middle.
 */
function rank(wanted: string[], { title, detail, kind }: Found): number {
  const parts = wordsOf(title);
  const all = [...parts, ...wordsOf(`${detail} ${kind}`)];
  const initials = parts.map((part) => part[0]).join("");
  const whole = title.toLowerCase();
  let sum = 0;
  for (const word of wanted) {
    if (whole.startsWith(word)) sum += 8;
    else if (parts.some((part) => part.startsWith(word))) sum += 6;
    else if (all.some((part) => part.startsWith(word))) sum += 4;
    else if (word.length > 1 && initials.startsWith(word)) sum += 3;
    else if (word.length > 2 && whole.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

const wordsOf = (text: string) =>
  text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
