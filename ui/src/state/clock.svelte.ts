import { createSubscriber } from "svelte/reactivity";

/** What differs by less is the timer's own unrest. */
const APART_MS = 2000;
/** A timer that comes so late, or a window that was hidden so long, may have slept with the computer. */
const LATE_MS = 5000;

/**
 * The page's one timer. It ticks on whole seconds, only while something on screen reads it and the
 * window is visible.
 */
class Clock {
  #now = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the last tick, by the clock that can be set and by the one that cannot. */
  #last: { set: number; steady: number } | null = null;
  #jumped = new Set<() => unknown>();
  #subscribe = createSubscriber((update) => {
    const run = () => {
      this.#now = Date.now();
      this.#compare();
      this.#timer = setTimeout(tick, 1000 - (this.#now % 1000));
    };
    const tick = () => {
      run();
      update();
    };
    const follow = () => {
      this.#stop();
      if (!document.hidden) tick();
    };
    document.addEventListener("visibilitychange", follow);
    // The time that stood since the last reader left is not now.
    if (!document.hidden) run();
    return () => {
      document.removeEventListener("visibilitychange", follow);
      this.#stop();
      this.#last = null;
    };
  });

  /** Unix milliseconds; in an effect or a template it makes that run again each second. */
  get now(): number {
    this.#subscribe();
    if (this.#timer === undefined) this.#now = Date.now();
    return this.#now;
  }

  /** Calls when the computer has slept or its clock was set: what was answered before may be wrong now. */
  onJump(listener: () => unknown): () => void {
    this.#jumped.add(listener);
    return () => this.#jumped.delete(listener);
  }

  #compare(): void {
    const last = this.#last;
    this.#last = { set: this.#now, steady: performance.now() };
    if (!last) return;
    const passed = this.#now - last.set;
    const apart = Math.abs(passed - (this.#last.steady - last.steady));
    if (apart <= APART_MS && passed <= 1000 + LATE_MS) return;
    // Not from within a reader, which may be what set this off.
    for (const listener of this.#jumped) queueMicrotask(() => void listener());
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

export const clock = new Clock();
