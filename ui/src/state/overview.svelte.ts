import { overview as ask } from "../ipc/generated/commands/app";
import type { ConnectionSummary, Overview, QuerySummary, SessionSummary } from "../ipc/generated";
import { Loader } from "./loader.svelte";

/** Everything the window lists. */
class OverviewState extends Loader<Overview> {
  constructor() {
    super(ask);
  }

  get connections(): ConnectionSummary[] {
    return this.data?.connections ?? [];
  }

  get sessions(): SessionSummary[] {
    return this.connections.flatMap((connection) => connection.sessions);
  }

  /** Whether those of earlier runs are among the sessions, which wait for the key store. */
  get listsSessions(): boolean {
    return this.data !== null && this.data.status.keyStore !== "checking";
  }

  get queries(): QuerySummary[] {
    return this.data?.queries ?? [];
  }

  get folders(): string[] {
    return [...new Set(this.queries.map((query) => query.folder))];
  }

  connection(slug: string): ConnectionSummary | undefined {
    return this.connections.find((connection) => connection.slug === slug);
  }

  session(id: string): SessionSummary | undefined {
    return this.sessions.find((session) => session.id === id);
  }
}

export const overview = new OverviewState();
