import type { SessionSummary } from "../ipc/generated";
import { overview } from "./overview.svelte";
import { read, write } from "./stored";

interface Choice {
  id: string;
  at: number;
}

/** Which session each query runs with. */
class ChosenSessions {
  #choices = $state.raw(read<Record<string, Choice>>("sessions", {}));

  choose(path: string, id: string): void {
    this.#choices = { ...this.#choices, [path]: { id, at: Date.now() } };
    write("sessions", this.#choices);
  }

  /**
   * The session that was chosen for the query. One that has expired since gives way to a live one of
   * its connection and kind; one that was chosen expired stays, as people do that to see the error.
   */
  of(path: string, now: number): SessionSummary | null {
    const choice = this.#choices[path];
    const chosen = choice && overview.session(choice.id);
    if (!choice || !chosen) return usual(now);
    if (live(chosen, now) || choice.at > (chosen.accessExpiresAt ?? Infinity)) return chosen;
    const others = overview.sessions.filter(
      ({ connection, kind }) => connection === chosen.connection && kind === chosen.kind,
    );
    const other = freshest(others, now);
    return other && live(other, now) ? other : chosen;
  }
}

const live = (session: SessionSummary, now: number) => (session.accessExpiresAt ?? Infinity) > now;

/** Somebody's session before a client's own, which most queries are not for. */
function usual(now: number): SessionSummary | null {
  const users = overview.sessions.filter(({ kind }) => kind !== "client");
  return freshest(users, now) ?? freshest(overview.sessions, now);
}

/** The live session that was given last, else the last of all. */
function freshest(sessions: SessionSummary[], now: number): SessionSummary | null {
  const byAge = [...sessions].sort((a, b) => b.accessIssuedAt - a.accessIssuedAt);
  return byAge.find((session) => live(session, now)) ?? byAge[0] ?? null;
}

export const chosenSessions = new ChosenSessions();
