import { query, queryCancel, queryDraft, queryRun, querySave } from "../ipc/generated/commands/queries";
import { asErrorView } from "../ipc/transport";
import type {
  ErrorView,
  QueryDraft,
  QueryView,
  ResponseView,
  RunRequest,
  SessionSummary,
} from "../ipc/generated";
import { onChange } from "./changes";
import { hold } from "./held.svelte";
import { Kept } from "./kept";
import { notices } from "./notices.svelte";

const DRAFT_AFTER_MS = 500;

/** A run: what was asked, as whom, and when. */
interface Run {
  request: RunRequest;
  session: SessionSummary;
  startedAt: number;
}

/** What a page that is loaded again needs, to go on where another one was. */
interface HeldQuery {
  typed: QueryDraft | null;
  operation: string | null;
  last: Run | null;
}

/** One query: what is typed, what is saved, and what the last run answered. It outlives its view. */
export class QueryEditor {
  view = $state.raw<QueryView | null>(null);
  document = $state("");
  variables = $state("");
  /** The operation to run, where there are several. */
  operation = $state<string | null>(null);
  /** A run waits for one of several operations to be picked. */
  asking = $state(false);
  error = $state.raw<ErrorView | null>(null);
  running = $state.raw<Run | null>(null);
  response = $state.raw<ResponseView | null>(null);
  /** The last run, which the response answers once it is there. */
  last = $state.raw<Run | null>(null);
  /** Why the last run has no response, until something is typed or run again. */
  failure = $state.raw<ErrorView | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #moving = false;
  #loads = 0;

  /** What an earlier page held, until the query itself is read. */
  #earlier: HeldQuery | null = null;
  #hold;

  constructor(readonly path: string) {
    this.#hold = hold(
      `query:${path}`,
      () => this.#held(),
      (held) => this.#restore(held),
    );
  }

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
    const turn = (this.#loads += 1);
    const untouched = !this.dirty;
    try {
      const view = await query(this.path);
      // An older answer must not replace a newer one.
      if (turn !== this.#loads) return;
      const earlier = this.#earlier?.typed;
      if (untouched && !this.dirty) this.#show(earlier ?? (this.view === null ? (view.draft ?? view) : view));
      this.view = view;
      this.error = null;
      this.#earlier = null;
      // The page may have died before its draft was kept.
      if (earlier) this.edit({});
    } catch (error) {
      if (turn === this.#loads) this.error = asErrorView(error);
    }
  }

  edit(part: { document?: string; variables?: string }): void {
    const { document, variables } = { ...this.typed, ...part };
    // An editor also tells of the text that was put there for it.
    if (this.failure && (document !== this.document || variables !== this.variables)) {
      this.failure = null;
      this.last = null;
    }
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
      await querySave(this.path, document, variables);
      if (this.view) this.view = { ...this.view, document, variables, draft: null };
      notices.done(`Saved ${this.view?.file ?? this.path}`);
    } catch (error) {
      // What could not be saved is kept as a draft at least.
      this.edit({});
      notices.failed(error);
    }
  }

  /** Renames it by `rename`, which gives the path that it has then; under another one this editor is of no more use. */
  async move(rename: () => Promise<string>): Promise<string> {
    this.#moving = true;
    let stays = true;
    try {
      const path = await rename();
      stays = path === this.path;
      return path;
    } finally {
      this.#moving = false;
      if (stays) await this.load();
    }
  }

  /** The file is another one now, or is gone. */
  changed(): void {
    if (!this.#moving) void this.load();
  }

  /** Goes back to what the file has. */
  revert(): void {
    if (this.view) this.edit({ document: this.view.document, variables: this.view.variables });
  }

  async run(session: SessionSummary, operationName: string | null): Promise<void> {
    if (this.running) return;
    const request = { id: newId(), session: session.id, ...this.typed, operationName };
    this.last = { request, session, startedAt: Date.now() };
    // If the page dies from now on, the next one asks for the response.
    this.#hold.now();
    await this.#ask(this.last);
  }

  /** Whether a run now would ask something else, or as somebody else, than the response answers. */
  isEarlier(session: SessionSummary | null): boolean {
    if (this.last === null) return false;
    const { request } = this.last;
    return (
      session?.id !== request.session ||
      this.document !== request.document ||
      this.variables !== request.variables
    );
  }

  /** Says why a run is not even sent. */
  refuse(why: ErrorView): void {
    this.failure = why;
  }

  async cancel(): Promise<void> {
    if (this.running) await notices.attempt(() => queryCancel(this.running?.request.id ?? ""));
  }

  /** The query is gone. */
  end(): void {
    this.#forgetTimer();
    this.#hold.end();
  }

  /** Sends a run, or asks for the response of one that was sent: the same id is never sent twice. */
  async #ask(run: Run): Promise<void> {
    this.running = run;
    this.failure = null;
    try {
      this.response = await queryRun(run.request);
    } catch (error) {
      this.response = null;
      this.failure = asErrorView(error);
    } finally {
      this.running = null;
    }
  }

  #held(): HeldQuery | null {
    const { operation, last } = this;
    const typed = this.dirty ? this.typed : null;
    if (this.#earlier) return this.#earlier;
    return typed || operation || last ? { typed, operation, last } : null;
  }

  #restore(held: HeldQuery): void {
    this.#earlier = held;
    this.operation = held.operation;
    this.last = held.last;
    if (held.last) void this.#ask(held.last);
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
  if (change.what === "query") editors.peek(change.path)?.changed();
});

// A window that closes or hides may not come back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const editor of editors.all) void editor.keepDraft();
});
