import { screen, waitFor } from "@testing-library/dom";
import { expect, test, vi } from "vitest";
import type { ExchangeSummary } from "../src/ipc/generated";
import { drawn, placeOf, rowAt } from "../src/views/wire/virtualRows";
import { button, openWorld, press, user } from "./page";
import type { World } from "./world";

const MANY = 500;
/** A few times what the drawer has room for. */
const MAX_DRAWN = 60;
/** The record has no room for more. */
const FULL = 1000;
const ROW = 26;

const wire = (world: World) => world.call<ExchangeSummary[]>("wire");
const drawer = () => screen.findByRole("region", { name: "Wire" });
const rows = async () => [...(await drawer()).querySelectorAll<HTMLElement>("[data-thing]")];
const ids = async () => (await rows()).map((row) => row.dataset.exchange);
const focused = () => (document.activeElement as HTMLElement | null)?.dataset.exchange;

/** Opens the drawer on a long record: each sign-out is an exchange for which nothing goes over the network. */
async function openMany(many = MANY): Promise<{ world: World; session: string; record: ExchangeSummary[] }> {
  let session = "";
  const world = await openWorld(async (world) => {
    session = (await world.signIn()).id;
    for (let left = many; left > 0; left -= 25)
      await Promise.all(Array.from({ length: 25 }, () => world.call("session_sign_out", { id: session })));
  });
  const record = await wire(world);
  expect(record.length).toBeGreaterThanOrEqual(many);
  await button(`Wire · ${record.length.toLocaleString("en")} exchanges`);
  await press(/^Wire/);
  return { world, session, record };
}

const observers = new Map<ResizeObserverCallback, Set<Element>>();

/** Gives an element a size, as a browser's layout does, and tells those who observe it. */
function size(element: Element, sizes: { clientHeight?: number; offsetHeight?: number }): void {
  for (const [name, value] of Object.entries(sizes))
    Object.defineProperty(element, name, { value, configurable: true });
  for (const [callback, observed] of observers)
    if (observed.has(element)) callback([{ target: element } as ResizeObserverEntry], {} as ResizeObserver);
}

/** Opens the drawer, with a list that has a height and can be scrolled no further than to its end. */
async function openLaidOut(many: number, height: number) {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      #observed = new Set<Element>();
      constructor(callback: ResizeObserverCallback) {
        observers.set(callback, this.#observed);
      }
      observe = (element: Element) => this.#observed.add(element);
      unobserve = (element: Element) => this.#observed.delete(element);
      disconnect = () => this.#observed.clear();
    },
  );
  const opened = await openMany(many);
  await waitFor(() => expect(focused()).toBe(opened.record.at(-1)?.id));
  const list = (await drawer()).querySelector(".scroll") as HTMLElement;
  let place = list.scrollTop;
  const furthest = () => parseFloat((list.firstElementChild as HTMLElement).style.height) - list.clientHeight;
  Object.defineProperty(list, "scrollTop", {
    get: () => (place = Math.min(place, Math.max(0, furthest()))),
    set: (to: number) => (place = to),
  });
  const scroll = (to: number) => {
    list.scrollTop = to;
    list.dispatchEvent(new Event("scroll"));
  };
  const at = (wanted: number) =>
    waitFor(() => {
      list.dispatchEvent(new Event("scroll"));
      expect(list.scrollTop).toBe(wanted);
    });
  const more = async () => {
    await opened.world.call("session_sign_out", { id: opened.session });
    const id = (await wire(opened.world)).at(-1)?.id;
    await waitFor(() => expect(opened.world.sentAs("exchange_summary")).toContainEqual({ id }));
    return id;
  };
  size(list, { clientHeight: height });
  await at(opened.record.length * ROW - height);
  return { ...opened, list, scroll, at, more };
}

/** What is open, once it is there. */
const detail = () =>
  waitFor(async () => {
    const found = (await drawer()).querySelector(".detail");
    expect(found?.textContent).toContain("OPEN");
    return found?.parentElement as HTMLElement;
  });
const noDetail = () => waitFor(async () => expect((await drawer()).querySelector(".detail")).toBeNull());

test("of a long record only the rows in sight are drawn, and the keys reach all of them", async () => {
  const { record } = await openMany();
  const at = (index: number) => record.at(index)?.id;
  await waitFor(() => expect(focused()).toBe(at(-1)));
  expect((await ids()).at(-1), "the newest is in sight").toBe(at(-1));
  for (const [key, index] of [
    ["Home", 0],
    ["ArrowDown", 1],
    ["End", -1],
    ["ArrowUp", -2],
  ] as const) {
    await user.keyboard(`{${key}}`);
    await waitFor(() => expect(focused()).toBe(at(index)));
    const order = record.map(({ id }) => id);
    const places = (await ids()).map((id) => order.indexOf(id ?? ""));
    expect(places.length).toBeLessThan(MAX_DRAWN);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  }
  const [row] = await rows();
  expect(row?.parentElement?.ariaSetSize ?? row?.parentElement?.getAttribute("aria-setsize")).toBe(
    String(record.length),
  );
});

test("scrolling draws other rows, and what is open or has the focus stays", async () => {
  const { record } = await openMany();
  const last = record.at(-1)?.id;
  await waitFor(() => expect(focused()).toBe(last));
  await user.keyboard("{Enter}");
  await waitFor(async () => expect((await drawer()).querySelector(".detail")?.textContent).toContain("OPEN"));
  const list = (await drawer()).querySelector(".scroll") as HTMLElement;
  list.scrollTop = 0;
  list.dispatchEvent(new Event("scroll"));
  await waitFor(async () => expect((await ids())[0]).toBe(record[0]?.id));
  expect((await ids()).at(-1)).toBe(last);
  expect(focused()).toBe(last);
  expect((await rows()).length).toBeLessThan(MAX_DRAWN);
});

test("a new exchange is asked for by itself, and the whole record only once", async () => {
  const { world, session, record } = await openMany();
  const whole = world.sentAs("wire").length;
  expect(world.sentAs("exchange_summary")).toEqual([]);
  await world.call("session_sign_out", { id: session });
  await button(`Wire · ${record.length + 1} exchanges`);
  const id = (await wire(world)).at(-1)?.id;
  await waitFor(async () => expect((await ids()).at(-1)).toBe(id));
  await waitFor(async () => expect((await rows()).at(-1)?.dataset.outcome).toBe("ok"));
  const asked = world.sentAs("exchange_summary");
  // It was told of as new and as ended.
  expect(asked.length).toBeLessThanOrEqual(2);
  expect(asked).toEqual(asked.map(() => ({ id })));
  expect(world.sentAs("wire")).toHaveLength(whole);
  expect(whole).toBe(1);
});

test("what is opened goes to the top as its detail comes, until somebody scrolls", async () => {
  const { record, scroll, at } = await openLaidOut(50, 150);
  const last = (record.length - 1) * ROW;
  await user.keyboard("{Enter}");
  const opened = await detail();
  await at(last + ROW - 150);
  size(opened, { offsetHeight: 60 });
  await at(last + ROW + 60 - 150);
  size(opened, { offsetHeight: 300 });
  await at(last);
  scroll(last - 40);
  size(opened, { offsetHeight: 400 });
  await new Promise((done) => setTimeout(done, 50));
  await at(last - 40);
});

test("the newest stays in sight again once what was open is closed, and where the drawer gets smaller", async () => {
  const { record, list, scroll, at, more } = await openLaidOut(50, 150);
  await user.keyboard("{Enter}");
  size(await detail(), { offsetHeight: 300 });
  await at((record.length - 1) * ROW);
  await user.keyboard("{Enter}");
  await noDetail();
  await more();
  await at((record.length + 1) * ROW - 150);
  size(list, { clientHeight: 90 });
  await at((record.length + 1) * ROW - 90);
  // Somebody who reads further up stays there.
  scroll(200);
  const id = await more();
  await waitFor(() =>
    expect((list.firstElementChild as HTMLElement).style.height).toBe(`${(record.length + 2) * ROW}px`),
  );
  size(list, { clientHeight: 100 });
  await at(200);
  scroll(1e9);
  await waitFor(async () => expect((await ids()).at(-1)).toBe(id));
});

test("an exchange that falls out of a full record takes neither the focus nor the reader's place with it", async () => {
  const { record, list, scroll, at, more } = await openLaidOut(FULL, 150);
  expect(record).toHaveLength(FULL);
  await user.keyboard("{Home}{Enter}");
  await detail();
  await at(0);
  await more();
  await noDetail();
  await waitFor(() => expect(focused()).toBe(record[1]?.id));
  scroll(5200);
  await more();
  await at(5200 - ROW);
  await waitFor(() => expect(focused()).toBe(record[2]?.id));
  // Nothing is open any more that would keep the newest from staying in sight.
  scroll(1e9);
  const id = await more();
  await waitFor(async () => expect((await ids())[0]).toBe(record[3]?.id));
  await at(FULL * ROW - 150);
  expect((await ids()).at(-1)).toBe(id);
  expect(list.querySelector("[aria-expanded=true]")).toBeNull();
}, 90_000);

test("clearing leaves the focus in the drawer, which Escape still closes, and shows nothing", async () => {
  const { world, session } = await openMany(25);
  await user.keyboard("{Enter}");
  await detail();
  await press("Clear");
  await screen.findByText(/Nothing went over the network yet/);
  await waitFor(() =>
    expect(document.activeElement?.ariaLabel ?? document.activeElement?.getAttribute("aria-label")).toBe(
      "Hide Wire",
    ),
  );
  await world.call("session_sign_out", { id: session });
  await waitFor(async () => expect(await rows()).toHaveLength(1));
  await noDetail();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("region", { name: "Wire" })).toBeNull());
});

test("clearing asks for the record once", async () => {
  const world = await openWorld((world) => world.signIn());
  await press(/^Wire/);
  await press("Clear");
  expect(await screen.findByText(/Nothing went over the network yet/)).toBeTruthy();
  expect(world.sentAs("wire")).toHaveLength(2);
});

test("a detail under a row moves those below it and none above", () => {
  const list = { count: 100, height: 26, open: 3, detail: 300 };
  expect(placeOf(list, 3)).toBe(78);
  expect(placeOf(list, 4)).toBe(404);
  expect(rowAt(list, 400)).toBe(3);
  expect(rowAt(list, 404)).toBe(4);
  expect(rowAt(list, 1e9)).toBe(99);
  const indexes = drawn(list, 1600, 1700, [3, -1, 99]);
  expect(indexes[0]).toBe(3);
  expect(indexes.at(-1)).toBe(99);
  expect(indexes, "24 around what is seen, and two elsewhere").toHaveLength(26);
});
