// Spans of time in round words. Apart from the countdowns, because the first picture needs none.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** How long ago: `just now`, `28 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, `2 y ago`. */
export function ago(ms: number): string {
  if (ms < SECOND) return "just now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  if (ms < YEAR) return `${Math.floor(ms / DAY)} d ago`;
  return `${Math.floor(ms / YEAR)} y ago`;
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
