import { query, queryCancel, queryDraft, queryRun, querySave } from "../ipc/queries";
import { asErrorView } from "../ipc/transport";
import type { ErrorView, QueryDraft, QueryView, ResponseView, SessionSummary } from "../ipc/types";
import { onChange } from "./changes";
import { Kept } from "./kept";
import { notices } from "./notices.svelte";

const DRAFT_AFTER_MS = 500;

/** A run under way. */
interface Run {
  id: string;
  startedAt: number;
}

/** What a response belongs to: who asked what, and when. */
interface Asked extends QueryDraft {
  session: SessionSummary;
  at: number;
}

/** One query: what is typed, what is saved, and what the last run answered. It outlives its view. */
export class QueryEditor {
  view = $state.raw<QueryView | null>(null);
  document = $state("");
  variables = $state("");
  /** The operation to run, where there are several. */
  operation = $state<string | null>(null);
  error = $state.raw<ErrorView | null>(null);
  running = $state.raw<Run | null>(null);
  response = $state.raw<ResponseView | null>(null);
  /** What the response answers. */
  asked = $state.raw<Asked | null>(null);
  /** Why the last run has no response, until something is typed or run again. */
  failure = $state.raw<ErrorView | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly path: string) {}

  /** Something is typed that the file does not have. */
  get dirty(): boolean {
    return (
      this.view !== null && (this.document !== this.view.document || this.variables !== this.view.variables)
    );
  }

  get typed(): QueryDraft {
    return { document: this.document, variables: this.variables };
  }

  async load(): Promise<void> {
    const untouched = !this.dirty;
    try {
      const view = await query(this.path);
      if (untouched && !this.dirty) this.#show(this.view === null ? (view.draft ?? view) : view);
      this.view = view;
      this.error = null;
    } catch (error) {
      this.error = asErrorView(error);
    }
  }

  edit(part: { document?: string; variables?: string }): void {
    const { document, variables } = { ...this.typed, ...part };
    // An editor also tells of the text that was put there for it.
    if (document !== this.document || variables !== this.variables) this.failure = null;
    this.document = document;
    this.variables = variables;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keepDraft(), DRAFT_AFTER_MS);
  }

  /** Keeps what is typed and not saved, where that is not done yet. */
  async keepDraft(): Promise<void> {
    if (this.#timer === undefined) return;
    await this.flush().catch((error: unknown) => notices.failed(error));
  }

  /** Makes the stored draft what is typed, now; throws where it cannot be kept. */
  async flush(): Promise<void> {
    this.#forgetTimer();
    await queryDraft(this.path, this.dirty ? this.typed : null);
  }

  async save(): Promise<void> {
    if (!this.dirty) return;
    this.#forgetTimer();
    const { document, variables } = this;
    try {
      this.view = await querySave(this.path, { document, variables });
      notices.done(`Saved ${this.view.file}`);
    } catch (error) {
      // What could not be saved is kept as a draft at least.
      this.edit({});
      notices.failed(error);
    }
  }

  /** Goes back to what the file has. */
  revert(): void {
    if (this.view) this.edit({ document: this.view.document, variables: this.view.variables });
  }

  async run(session: SessionSummary, operationName: string | null): Promise<void> {
    if (this.running) return;
    const run = { id: newId(), startedAt: Date.now() };
    this.running = run;
    this.failure = null;
    const { typed } = this;
    try {
      this.response = await queryRun({ id: run.id, session: session.id, ...typed, operationName });
      this.asked = { session, at: run.startedAt, ...typed };
    } catch (error) {
      this.response = null;
      this.failure = asErrorView(error);
    } finally {
      this.running = null;
    }
  }

  /** Whether a run now would ask something else, or as somebody else, than the response answers. */
  isEarlier(session: SessionSummary | null): boolean {
    const { asked } = this;
    if (asked === null) return false;
    return (
      session?.id !== asked.session.id ||
      this.document !== asked.document ||
      this.variables !== asked.variables
    );
  }

  /** Says why a run is not even sent. */
  refuse(why: ErrorView): void {
    this.failure = why;
  }

  async cancel(): Promise<void> {
    if (this.running) await notices.attempt(() => queryCancel(this.running?.id ?? ""));
  }

  #show({ document, variables }: { document: string; variables: string }): void {
    this.document = document;
    this.variables = variables;
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

/** 128 random bits; `randomUUID` is missing where the page's scheme does not count as secure. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const editors = new Kept((path) => new QueryEditor(path));

onChange((change) => {
  if (change.what === "query") void editors.peek(change.path)?.load();
});

// A window that closes or hides may not come back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const editor of editors.all) void editor.keepDraft();
});
