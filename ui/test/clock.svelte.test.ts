import { screen, within } from "@testing-library/dom";
import { flushSync } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { clock } from "../src/state/clock.svelte";
import { goTo, MINUTE, open, thandi } from "./page";

afterEach(() => vi.useRealTimers());

function hide(hidden: boolean) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

const countdown = () => within(screen.getByRole("group", { name: "Access token" })).getByRole("timer");

test("every countdown of the page ticks with one timer, which a hidden window stops", async () => {
  await open({ sessions: [thandi(10 * MINUTE)] });
  await goTo("Thandi Nkosi");
  await screen.findByRole("group", { name: "Access token" });
  vi.useFakeTimers({ now: Math.ceil(Date.now() / 1000) * 1000 });
  hide(true);
  hide(false);
  await vi.advanceTimersByTimeAsync(0);
  const before = Number(countdown().dataset.countdown);
  await vi.advanceTimersByTimeAsync(3000);
  expect(Number(countdown().dataset.countdown)).toBe(before - 3);
  expect(vi.getTimerCount(), "tiles, sidebar and claims share a timer").toBe(1);

  hide(true);
  expect(vi.getTimerCount(), "a hidden window does no work").toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Number(countdown().dataset.countdown)).toBe(before - 3);

  hide(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(Number(countdown().dataset.countdown), "it catches up when it is seen again").toBe(before - 63);
});

test("a reader that comes late reads what time it is, not when the last one left", () => {
  vi.useFakeTimers();
  const read: number[] = [];
  const reader = () =>
    $effect.root(() => {
      $effect(() => void read.push(clock.now));
    });
  const first = reader();
  flushSync();
  first();
  vi.setSystemTime(Date.now() + MINUTE);
  const second = reader();
  flushSync();
  second();
  expect(read.at(-1)).toBe(Date.now());
});
