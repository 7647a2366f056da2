const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How urgent what is left of a lifetime is: amber in its last fifth, red under 30 s. */
export type Urgency = "fresh" | "low" | "last" | "expired";

export function urgency(leftMs: number, lifetimeMs: number | null): Urgency {
  if (leftMs <= 0) return "expired";
  if (leftMs < 30 * SECOND) return "last";
  return lifetimeMs !== null && leftMs <= lifetimeMs / 5 ? "low" : "fresh";
}

/** What is left until a time; never more than the lifetime, as the page's clock may lag by a second. */
export function remaining(until: number | null, lifetimeMs: number | null, now: number): number | null {
  return until === null ? null : Math.min(until - now, lifetimeMs ?? Infinity);
}

/** What is left, as a countdown: `0:48`, `14:32`, `24:00:00`, `364 d 23 h`. */
export function countdown(leftMs: number): string {
  const left = Math.ceil(leftMs / SECOND);
  if (left <= 0) return "expired";
  const days = Math.floor(left / 86_400);
  const hours = Math.floor(left / 3600) % 24;
  if (left > 86_400) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  return stopwatch(left * SECOND);
}

/** Time that has run: `0:07`, `2:19`, `1:02:03`. */
export function stopwatch(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / SECOND));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** How long something took: `1 ms`, `142 ms`, `9.8 s`, `2:19`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  return stopwatch(ms);
}
