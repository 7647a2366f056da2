import { asErrorView } from "../ipc/transport";
import type { Notice } from "../ipc/types";

const NOTICE_MS = 12_000;
const TOAST_MS = 10_000;
/** What a toast has left at least once nobody is at it any more. */
const TOAST_LAST_MS = 2000;

export interface Toast {
  id: number;
  message: string;
  hint: string | null;
  bad: boolean;
  action: { label: string; run: () => void } | null;
}

interface Passing {
  left: number;
  since: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The status bar's line, and the toasts above it that offer something to do. */
class Notices {
  line = $state.raw<Notice | null>(null);
  toasts = $state.raw<Toast[]>([]);
  #clear: ReturnType<typeof setTimeout> | undefined;
  #ids = 0;
  /** What is left of the toasts that go by themselves. */
  #passing = new Map<number, Passing>();

  /** A quiet line in the status bar. */
  say(notice: Notice): void {
    clearTimeout(this.#clear);
    this.line = notice;
    this.#clear = setTimeout(() => (this.line = null), NOTICE_MS);
  }

  done(message: string): void {
    this.say({ level: "info", code: "done", message, hint: null });
  }

  /** Something was deleted: a chance to take it back. */
  undo(message: string, run: () => Promise<unknown>): void {
    const id = this.#add({ message, hint: null, bad: false, action: { label: "Undo", run: () => undo() } });
    const undo = () => {
      this.dismiss(id);
      void this.attempt(run);
    };
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
    this.#add({ message, hint, bad: true, action: null });
  }

  dismiss(id: number): void {
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
    this.toasts = [...this.toasts.slice(-3), { ...toast, id }];
    return id;
  }
}

export const notices = new Notices();
