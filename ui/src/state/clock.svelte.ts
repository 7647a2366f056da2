import { createSubscriber } from "svelte/reactivity";

/**
 * The page's one timer. It ticks on whole seconds, only while something on screen reads it and the
 * window is visible.
 */
class Clock {
  #now = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #subscribe = createSubscriber((update) => {
    const run = () => {
      this.#now = Date.now();
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
    };
  });

  /** Unix milliseconds; in an effect or a template it makes that run again each second. */
  get now(): number {
    this.#subscribe();
    if (this.#timer === undefined) this.#now = Date.now();
    return this.#now;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

export const clock = new Clock();
