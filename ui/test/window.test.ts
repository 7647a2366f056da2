import { screen, waitFor, within } from "@testing-library/dom";
import { afterEach, expect, test, vi } from "vitest";
import { button, choose, goTo, openWorld, press, user } from "./page";

afterEach(() => void vi.restoreAllMocks());

const titled = (title: string) => waitFor(() => expect(document.title).toBe(title));
const things = () => screen.getByRole("navigation", { name: "Things" });

test("the window's title names what is shown and the connection that it sends through", async () => {
  await openWorld((world) => world.signIn());
  await titled("Sandbox LOCAL — Bobbin");
  await goTo("Thandi Nkosi");
  await titled("Thandi Nkosi — Sandbox LOCAL — Bobbin");
  await goTo("ListBankAccounts");
  await titled("ListBankAccounts — Sandbox LOCAL — Bobbin");
  await user.click(within(things()).getByRole("button", { name: /^Inspect/ }));
  await titled("Inspect — Bobbin");
});

test("a query that nobody can run yet has its name alone in the title", async () => {
  await openWorld();
  await goTo("ListBankAccounts");
  await titled("ListBankAccounts — Bobbin");
});

test("the browser's keys for a reload do nothing", async () => {
  await openWorld();
  for (const init of [
    { key: "F5" },
    { key: "r", ctrlKey: true },
    { key: "R", ctrlKey: true, shiftKey: true },
  ]) {
    const event = new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
    expect(event.defaultPrevented, init.key).toBe(true);
  }
});

test("the browser's menu opens in text fields alone", async () => {
  await openWorld();
  const opens = (element: Element) =>
    element.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }));
  expect(opens(screen.getByRole("main"))).toBe(false);
  expect(opens(await button("Sandbox"))).toBe(false);
  expect(opens(await screen.findByRole("textbox", { name: "Client ID" }))).toBe(true);
});

test("Ctrl A selects the text that one is in, and outside of any no text of the window", async () => {
  await openWorld((world) => world.signIn());
  await user.click(await button("Sandbox"));
  const selectAll = async () => {
    await user.keyboard("{Control>}a{/Control}");
    return getSelection()?.toString();
  };
  expect(await selectAll(), "labels and buttons are not there to be copied").toBe("");

  const clientId = await screen.findByRole<HTMLInputElement>("textbox", { name: "Client ID" });
  await user.click(clientId);
  await selectAll();
  expect(clientId.selectionEnd, "a field selects its own text").toBe(clientId.value.length);

  await goTo("Thandi Nkosi");
  await choose("Header");
  const header = await screen.findByLabelText("Header");
  // As a click does.
  (document.activeElement as HTMLElement).blur();
  getSelection()?.collapse(header.firstChild, 3);
  expect(await selectAll(), "what can be copied is selected alone").toBe(header.textContent);
});

test("in a narrow window the things are a drawer that goes when one was chosen", async () => {
  const narrow = (query: string) =>
    Object.assign(new EventTarget(), { matches: query.includes("max-width"), media: query });
  vi.spyOn(window, "matchMedia").mockImplementation((query) => narrow(query) as unknown as MediaQueryList);
  await openWorld((world) => world.signIn());
  // A name is given to what is shown alone.
  const drawer = () => document.querySelector("nav") as HTMLElement;
  expect(drawer().hidden).toBe(true);
  await press("Show sidebar");
  expect(drawer().hidden).toBe(false);
  expect(document.activeElement).toBe(within(things()).getByRole("button", { name: "Sandbox" }));
  await goTo("Thandi Nkosi");
  expect(drawer().hidden).toBe(true);
  await user.keyboard("{Control>}b{/Control}");
  expect(drawer().hidden).toBe(false);
  await user.keyboard("{Escape}");
  expect(drawer().hidden).toBe(true);
  await user.keyboard("{Control>}n{/Control}");
  expect(drawer().hidden, "a new query is named there").toBe(false);
});

test("the zoom has its keys, wherever the plus is, and is said for a moment", async () => {
  const world = await openWorld();
  const steps = () => world.sentAs("zoom").map(({ step }) => step);
  await user.keyboard("{Control>}={/Control}");
  expect(await screen.findByText("Zoom 110%")).toBeTruthy();
  await user.keyboard("{Control>}{Shift>}+{/Shift}{/Control}");
  await user.keyboard("{Control>}-{/Control}");
  await user.keyboard("{Control>}0{/Control}");
  expect(await screen.findByText("Zoom 100%")).toBeTruthy();
  expect(steps()).toEqual(["in", "in", "out", "reset"]);
  await waitFor(() => expect(screen.queryByText(/^Zoom/)).toBeNull());
});
