import { screen, within } from "@testing-library/dom";
import { flushSync } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { clock } from "../src/state/clock.svelte";
import { goTo, MINUTE, openWorld } from "./page";
import type { World } from "./world";

afterEach(() => vi.useRealTimers());

function hide(hidden: boolean) {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

const countdown = () => within(screen.getByRole("group", { name: "Access token" })).getByRole("timer");

async function openSession(): Promise<World> {
  const world = await openWorld((world) => world.signIn());
  await goTo("Thandi Nkosi");
  await screen.findByRole("group", { name: "Access token" });
  vi.useFakeTimers({ now: Math.ceil(Date.now() / 1000) * 1000 });
  return world;
}

test("every countdown of the page ticks with one timer, which a hidden window stops", async () => {
  await openSession();
  hide(true);
  hide(false);
  await vi.advanceTimersByTimeAsync(0);
  const before = Number(countdown().dataset.countdown);
  await vi.advanceTimersByTimeAsync(5000);
  expect(Number(countdown().dataset.countdown)).toBe(before - 5);
  // A connection by which an answer came has a timer of its own until it is closed, after 4 s.
  const one = () => expect(vi.getTimerCount(), "tiles, sidebar and claims share a timer").toBe(1);
  await vi.waitFor(one, { interval: 1000, timeout: 15_000 });
  const seen = Number(countdown().dataset.countdown);

  hide(true);
  expect(vi.getTimerCount(), "a hidden window does no work").toBe(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Number(countdown().dataset.countdown)).toBe(seen);

  hide(false);
  await vi.advanceTimersByTimeAsync(0);
  expect(Number(countdown().dataset.countdown), "it catches up when it is seen again").toBe(seen - 60);
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

/** How often Rust was asked for what says times. */
const asked = (world: World) => ({
  overview: world.sentAs("overview").length,
  session: world.sentAs("session").length,
});

async function atSession() {
  const world = await openSession();
  hide(true);
  hide(false);
  await vi.advanceTimersByTimeAsync(3000);
  return { world, before: asked(world) };
}

test.each([
  ["has slept for eight hours", 8 * 60 * MINUTE],
  ["was set back by two hours", -2 * 60 * MINUTE],
  ["was set forward by three seconds", 3000],
])("a page whose computer's clock %s asks Rust again, once", async (_, jump) => {
  const { world, before } = await atSession();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked(world), "ten seconds that pass are no jump").toEqual(before);

  vi.setSystemTime(Date.now() + jump);
  await vi.advanceTimersByTimeAsync(3000);
  expect(asked(world)).toEqual({ overview: before.overview + 1, session: before.session + 1 });
});

test("a timer that comes late, or a window that was hidden for long, asks Rust again", async () => {
  const { world, before } = await atSession();
  hide(true);
  await vi.advanceTimersByTimeAsync(4000);
  hide(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked(world), "a glance at another window is nothing").toEqual(before);
  hide(true);
  await vi.advanceTimersByTimeAsync(8000);
  hide(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked(world)).toEqual({ overview: before.overview + 1, session: before.session + 1 });
});

test("a countdown stands right after the clock was set", async () => {
  await atSession();
  const before = Number(countdown().dataset.countdown);
  vi.setSystemTime(Date.now() + 5 * MINUTE);
  await vi.advanceTimersByTimeAsync(1000);
  expect(Number(countdown().dataset.countdown)).toBe(before - 301);
});
