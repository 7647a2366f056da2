// Points in time, in words. Apart from lifetimes, because the first picture needs none.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// Without Intl, whose tables would cost the window megabytes for two digits.
const clock = (...parts: number[]) => parts.map((part) => String(part).padStart(2, "0")).join(":");

/** `21 Nov 03:40`, local time; with the year where it is not this one. */
export function moment(at: number, precise = false): string {
  const then = new Date(at);
  const year = then.getFullYear();
  const day = `${then.getDate()} ${MONTHS[then.getMonth()]}${year === new Date().getFullYear() ? "" : ` ${year}`}`;
  return `${day} ${precise ? timeOfDay(at) : clock(then.getHours(), then.getMinutes())}`;
}

/** `03:40:12`, local time. */
export function timeOfDay(at: number): string {
  const then = new Date(at);
  return clock(then.getHours(), then.getMinutes(), then.getSeconds());
}
