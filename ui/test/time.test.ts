import { expect, test } from "vitest";
import { count, size } from "../src/words/count";
import { moment, timeOfDay } from "../src/words/moment";
import { ago, lifetime } from "../src/words/spans";
import { countdown, duration, remaining, stopwatch, urgency } from "../src/words/time";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("a countdown shows minutes and seconds, then hours, then days", () => {
  expect(countdown(48_000)).toBe("0:48");
  expect(countdown(14 * MINUTE + 32_000)).toBe("14:32");
  expect(countdown(HOUR + 2 * MINUTE + 3000)).toBe("1:02:03");
  expect(countdown(DAY), "the whole of a day ticks").toBe("24:00:00");
  expect(countdown(364 * DAY + 23 * HOUR + 1)).toBe("364 d 23 h");
  expect(countdown(365 * DAY)).toBe("365 d");
});

test("a countdown reaches its end when the last second is over", () => {
  expect(countdown(1)).toBe("0:01");
  expect(countdown(0)).toBe("expired");
});

test("a lifetime is amber in its last fifth, red under 30 seconds, then expired", () => {
  const life = 15 * MINUTE;
  expect(urgency(3 * MINUTE + 1, life)).toBe("fresh");
  expect(urgency(3 * MINUTE, life)).toBe("low");
  expect(urgency(29_999, life)).toBe("last");
  expect(urgency(0, life)).toBe("expired");
});

test("what is left never exceeds the lifetime, even where the page's clock lags", () => {
  expect(remaining(15 * MINUTE + 400, 15 * MINUTE, 0)).toBe(15 * MINUTE);
  expect(remaining(null, null, 0)).toBeNull();
});

test("the past is told in its largest unit", () => {
  expect([400, 28_000, 3 * MINUTE, 2 * HOUR, 364.9 * DAY, 365 * DAY, 2542 * DAY].map(ago)).toEqual([
    "just now",
    "28 s ago",
    "3 min ago",
    "2 h ago",
    "364 d ago",
    "1 y ago",
    "6 y ago",
  ]);
});

test("durations, lifetimes and sizes are told with their units", () => {
  expect([1, 142, 9800, 139_000].map(duration)).toEqual(["1 ms", "142 ms", "9.8 s", "2:19"]);
  expect([300_000, 15 * MINUTE, HOUR, 365 * DAY].map(lifetime)).toEqual(["300 s", "15 min", "1 h", "365 d"]);
  expect([812, 12_400, 5_200_000].map(size)).toEqual(["812 B", "12.4 kB", "5.2 MB"]);
  expect(stopwatch(-20)).toBe("0:00");
});

test("a moment is told in local time, with its year where that is not this one", () => {
  const now = new Date();
  const morning = new Date(now.getFullYear(), 8, 3, 3, 40, 7).getTime();
  expect(moment(morning)).toBe("3 Sep 03:40");
  expect(moment(morning, true)).toBe("3 Sep 03:40:07");
  expect(timeOfDay(morning)).toBe("03:40:07");
  expect(moment(new Date(2019, 11, 31, 23, 59).getTime())).toBe("31 Dec 2019 23:59");
});

test("things are counted in groups of three digits", () => {
  expect([0, 1, 999, 2000, 1_234_567].map((n) => count(n, "row"))).toEqual([
    "0 rows",
    "1 row",
    "999 rows",
    "2,000 rows",
    "1,234,567 rows",
  ]);
});
