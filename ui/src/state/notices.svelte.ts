import { noticeDismiss, notices as keptNotices } from "../ipc/generated/commands/app";
import { asErrorView } from "../ipc/transport";
import type { Notice, QueryDraft, QueryView } from "../ipc/generated";

const NOTICE_MS = 12_000;
const TOAST_MS = 10_000;
/** What a toast has left at least once nobody is at it any more. */
const TOAST_LAST_MS = 2000;

export interface Toast {
  id: number;
  level: Notice["level"];
  /** Of a notice; there is one for each code. */
  code: string | null;
  message: string;
  hint: string | null;
  /** What can be taken back. */
  deleted: Deleted | null;
}

export type Deleted =
  | { what: "connection"; slug: string }
  | { what: "key"; slug: string }
  | { what: "session"; id: string }
  | { what: "query"; query: QueryView; draft: QueryDraft | null };

interface Passing {
  left: number;
  since: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The status bar's line, and the toasts above it: what to do about something, and what can be undone. */
class Notices {
  line = $state.raw<Notice | null>(null);
  toasts = $state.raw<Toast[]>([]);
  #clear: ReturnType<typeof setTimeout> | undefined;
  #ids = 0;
  /** What is left of the toasts that go by themselves. */
  #passing = new Map<number, Passing>();

  /** What an earlier page or the start left to be dismissed. */
  async load(): Promise<void> {
    for (const notice of await keptNotices()) this.say(notice);
  }

  /** A quiet line in the status bar; what says what to do stays until it is dismissed. */
  say(notice: Notice): void {
    if (notice.hint !== null) {
      this.toasts = this.toasts.filter(({ code }) => code !== notice.code);
      this.#add({ ...notice, deleted: null });
      return;
    }
    clearTimeout(this.#clear);
    this.line = notice;
    this.#clear = setTimeout(() => (this.line = null), NOTICE_MS);
  }

  done(message: string): void {
    this.say({ level: "info", code: "done", message, hint: null });
  }

  /** Something was deleted: a chance to take it back. */
  undo(message: string, deleted: Deleted): void {
    const id = this.#add({ level: "info", code: null, message, hint: null, deleted });
    this.#passing.set(id, { left: TOAST_MS, since: 0, timer: undefined });
    this.resume(id);
  }

  /** Somebody reads it or is about to press its button: its time stands. */
  pause(id: number): void {
    const passing = this.#passing.get(id);
    if (passing?.timer === undefined) return;
    clearTimeout(passing.timer);
    passing.timer = undefined;
    passing.left -= Date.now() - passing.since;
  }

  resume(id: number): void {
    const passing = this.#passing.get(id);
    if (!passing || passing.timer !== undefined) return;
    passing.since = Date.now();
    passing.timer = setTimeout(() => this.dismiss(id), Math.max(passing.left, TOAST_LAST_MS));
  }

  /** A failure that has no place of its own in a view; it stays until it is dismissed. */
  failed(error: unknown): void {
    const { message, hint } = asErrorView(error);
    this.#add({ level: "error", code: null, message, hint, deleted: null });
  }

  dismiss(id: number): void {
    const code = this.toasts.find((toast) => toast.id === id)?.code;
    if (code) void noticeDismiss(code);
    clearTimeout(this.#passing.get(id)?.timer);
    this.#passing.delete(id);
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }

  /** Does it, and says so where it fails; true when it went well. */
  async attempt(run: () => Promise<unknown>, said?: string): Promise<boolean> {
    try {
      await run();
      if (said) this.done(said);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  #add(toast: Omit<Toast, "id">): number {
    const id = ++this.#ids;
    const over = this.toasts.filter(({ code }) => code === null).slice(0, -3);
    this.toasts = [...this.toasts.filter((one) => !over.includes(one)), { ...toast, id }];
    return id;
  }
}

export const notices = new Notices();
