const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

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

/** How long ago: `just now`, `28 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, `2 y ago`. */
export function ago(ms: number): string {
  if (ms < SECOND) return "just now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  if (ms < YEAR) return `${Math.floor(ms / DAY)} d ago`;
  return `${Math.floor(ms / YEAR)} y ago`;
}

/** How long something took: `1 ms`, `142 ms`, `9.8 s`, `2:19`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  return stopwatch(ms);
}

/** A lifetime in round words: `15 min`, `1 h`, `300 s`, `365 d`. */
export function lifetime(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds >= 86_400) return `${Math.round(seconds / 86_400)} d`;
  if (seconds >= 3600) return `${Math.round(seconds / 360) / 10} h`;
  return seconds >= 600 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
}

/** Whole days of a long lifetime: `412 days`, `1 day`, `less than a day`. */
export function days(ms: number): string {
  const whole = Math.floor(ms / DAY);
  return whole === 0 ? "less than a day" : `${whole} day${whole === 1 ? "" : "s"}`;
}
