import type { RequestOutcome, RequestView } from "../../ipc/generated";
import type { IconName } from "../../components/Icon.svelte";

export const outcomes: Record<RequestOutcome, { word: string; icon: IconName; color: string }> = {
  waiting: { word: "waiting", icon: "dots", color: "info" },
  succeeded: { word: "signed in", icon: "check", color: "ok" },
  failed: { word: "failed", icon: "cross", color: "bad" },
  cancelled: { word: "cancelled", icon: "dash", color: "second" },
  expired: { word: "no answer", icon: "dash", color: "warn" },
};

/** Enough of a `state` to tell two apart. */
export const shortened = (state: string) =>
  state.length > 16 ? `${state.slice(0, 8)}…${state.slice(-4)}` : state;

/** Whether what is typed is meant to be looked up, as no word of the list looks like it. */
export function isLookup(text: string): boolean {
  const trimmed = text.trim();
  return /[?&=]|:\//.test(trimmed) || (trimmed.length >= 20 && !/\s/.test(trimmed));
}

/** Those in which each of the words is found. */
export function filtered(requests: RequestView[], text: string): RequestView[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return requests.filter(({ connectionName, userLabel, outcome, state }) => {
    const hay = [connectionName, userLabel, outcomes[outcome].word, state].join(" ").toLowerCase();
    return wanted.every((word) => hay.includes(word));
  });
}
