import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test, vi } from "vitest";
import { Application } from "../src/dev/application";
import { arrive, button, calls, dieAndReload, goTo, open, press, thandi, user } from "./page";

const field = () => screen.getByRole("combobox", { name: "Search or run a command" });
const openPalette = () => user.keyboard("{Control>}k{/Control}");

test("the palette finds a thing by a few letters and goes there with Enter", async () => {
  await open({ sessions: [thandi()] });
  await openPalette();
  expect(document.activeElement).toBe(field());
  await user.keyboard("list{Enter}");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("ListBankAccounts"));
  expect(field().getAttribute("aria-expanded")).toBe("false");
});

test("the palette runs actions and shows their shortcuts", async () => {
  await open({ sessions: [thandi()] });
  await openPalette();
  await user.keyboard("theme dark");
  await user.keyboard("{Enter}");
  expect(document.documentElement.dataset.theme).toBe("dark");
  await openPalette();
  const wire = await screen.findByRole("option", { name: /Show Wire/ });
  expect(wire.textContent).toContain("Ctrl J");
});

const controlEnter = "{Control>}{Enter}{/Control}";

test("Control Enter in the palette goes to what is found and runs nothing of the view behind it", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("AccountBalances");
  await openPalette();
  await user.keyboard(`list${controlEnter}`);
  await arrive("ListBankAccounts");
  expect(calls(application, "query_run")).toHaveLength(0);
});

test.each(["New query", "Rename"])(
  "Control Enter in a name under %s does not run the open query",
  async (opens) => {
    const application = await open({ sessions: [thandi()] });
    await goTo("AccountBalances");
    if (opens === "Rename") await user.keyboard("{F2}");
    else await press(opens);
    await user.type(await screen.findByRole("textbox", { name: "Name" }), `Refund${controlEnter}`);
    await press(/^Run/);
    await waitFor(() => expect(calls(application, "query_run")).toHaveLength(1));
  },
);

test("Control Enter in a name of a thing renames it and signs nobody in", async () => {
  const application = await open();
  await user.keyboard("{F2}");
  await user.type(
    await screen.findByRole("textbox", { name: "Name of the connection" }),
    ` 2${controlEnter}`,
  );
  await arrive("Sandbox 2");
  expect(calls(application, "sign_in_start")).toHaveLength(0);
});

test("arrows move in the palette, Escape closes it and the focus goes back", async () => {
  await open({ sessions: [thandi()] });
  const client = await screen.findByRole("textbox", { name: "Client ID" });
  client.focus();
  await openPalette();
  await user.keyboard("{ArrowDown}");
  const selected = screen.getByRole("option", { selected: true });
  expect(field().getAttribute("aria-activedescendant")).toBe(selected.id);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("option")).toBeNull();
  expect(document.activeElement).toBe(client);
});

test("arrows move among the things, and the selected one is the current page", async () => {
  await open({ sessions: [thandi()] });
  const things = within(screen.getByRole("navigation", { name: "Things" }));
  const sandbox = things.getByRole("button", { name: "Sandbox" });
  expect(sandbox.getAttribute("aria-current")).toBe("page");
  sandbox.focus();
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(things.getByRole("button", { name: "Thandi Nkosi" }));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi"));
});

test("what was selected is selected again after a restart", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await open(application);
  expect((await screen.findByRole("heading", { level: 1 })).textContent).toBe("Thandi Nkosi");
});

test("a selected thing that is gone gives way to the Sandbox", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  application.sessions = [];
  await application.changed({ what: "overview" });
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Sandbox"));
});

test("a locked keyring is said in the status bar, with the reason and the last try", async () => {
  const application = await open({ keyStore: "locked" });
  expect(await screen.findByText(/Keyring locked — sessions won't be saved/)).toBeTruthy();
  await press("Why…");
  const panel = await screen.findByRole("region", { name: "Key store" });
  expect(panel.textContent).toContain("The collection is locked.");
  application.failures.set("key_store_retry", {
    code: "key_store_locked",
    message: "Still locked.",
    hint: null,
    detail: null,
  });
  await press("Try again");
  expect(await within(panel).findByText(/^Last tried at \d\d:\d\d:\d\d: no change\.$/)).toBeTruthy();
  application.failures.clear();
  await press("Try again");
  expect((await screen.findAllByText("Keyring ready")).length).toBeGreaterThan(0);
  expect(screen.queryByRole("region", { name: "Key store" })).toBeNull();
});

test("what cannot be read of the database is said where the key store is, and the rest is saved", async () => {
  await open({ leftOut: "One record in the database cannot be read." });
  expect(await screen.findByText("Keyring ready")).toBeTruthy();
  await press("Details…");
  const panel = await screen.findByRole("region", { name: "Key store" });
  expect(panel.textContent).toContain("One record in the database cannot be read.");
  expect(within(panel).queryByRole("button", { name: "Try again" })).toBeNull();
  expect(document.activeElement?.textContent).toBe("Close");
});

test("F2 renames the row that has the focus, not the thing that is open", async () => {
  await open({ sessions: [thandi()] });
  await goTo("Sandbox");
  const things = screen.getByRole("navigation", { name: "Things" });
  within(things).getByRole("button", { name: "Thandi Nkosi" }).focus();
  await user.keyboard("{F2}");
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name of the session" });
  expect(field.value).toBe("Thandi Nkosi");
  expect(screen.queryByRole("textbox", { name: "Name of the connection" })).toBeNull();
});

test("after the palette the view has the focus", async () => {
  await open({ sessions: [thandi()] });
  (await button("New query")).focus();
  await openPalette();
  await user.keyboard("list{Enter}");
  await waitFor(() => expect(document.activeElement?.textContent).toBe("ListBankAccounts"));
  expect(document.activeElement?.tagName).toBe("H1");
});

test("a notice is a line in the live region", async () => {
  const application = await open();
  await application.notice({
    level: "warning",
    code: "callback_unknown_state",
    message: "A link for an unknown sign-in was ignored.",
    hint: null,
  });
  await waitFor(() => expect(screen.getByRole("status").dataset.code).toBe("callback_unknown_state"));
});

test("notices that say what to do stand one under the other until each is dismissed", async () => {
  const application = new Application();
  const notice = (code: string) =>
    ({ level: "warning", code, message: `${code}.`, hint: "Do this." }) as const;
  application.keptNotices = [notice("log_failed"), notice("panic_reported")];
  await open(application);
  await screen.findByRole("group", { name: "log_failed." });
  await application.notice(notice("window_state_unreadable"));
  const groups = () => screen.getAllByRole("group").flatMap(({ dataset }) => dataset.code ?? []);
  await waitFor(() => expect(groups()).toEqual(["log_failed", "panic_reported", "window_state_unreadable"]));
  vi.useFakeTimers();
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(groups()).toHaveLength(3);
  expect(screen.getAllByText("Do this.")).toHaveLength(3);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(groups()).toEqual(["log_failed", "panic_reported"]));
  await user.click(screen.getAllByRole("button", { name: "Dismiss" })[0] as HTMLElement);
  await waitFor(() => expect(groups()).toEqual(["panic_reported"]));
  await dieAndReload(application);
  await screen.findByRole("group", { name: "panic_reported." });
  expect(groups()).toEqual(["panic_reported"]);
});

test("a data folder that cannot be used is said without another try, which could not help", async () => {
  await open({ keyStore: "memory_only" });
  await press("Why…");
  const panel = await screen.findByRole("region", { name: "Key store" });
  expect(within(panel).queryByRole("button", { name: "Try again" })).toBeNull();
  await openPalette();
  await user.keyboard("retry");
  expect(await screen.findByText("No matches")).toBeTruthy();
});

test("an overview that fails is a card with a way out", async () => {
  const application = new Application();
  application.failures.set("overview", {
    code: "files",
    message: "The workspace cannot be read.",
    hint: null,
    detail: null,
  });
  await open(application);
  expect((await screen.findByRole("alert")).textContent).toContain("The workspace cannot be read.");
  application.failures.clear();
  await press("Try again");
  expect(await button("Sandbox")).toBeTruthy();
});

test("every view opens although Object.prototype is frozen", async () => {
  expect(Object.isFrozen(Object.prototype)).toBe(true);
  await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await goTo("AccountBalances");
  expect((await screen.findByRole("textbox", { name: "GraphQL document" })).textContent).toContain("query");
  await user.keyboard("{Control>}j{/Control}");
  expect(await screen.findByRole("region", { name: "Wire" })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Wire" })).toBeNull();
});

test("the wire is not asked for before the first view is on screen", async () => {
  const application = await open({ sessions: [thandi()] });
  await waitFor(() => expect(calls(application, "wire").length).toBeGreaterThan(0));
  const order = application.calls.map(({ command }) => command);
  expect(order.indexOf("wire")).toBeGreaterThan(order.indexOf("connection"));
  expect(order.filter((command) => command === "overview")).toHaveLength(1);
});

test("what was deleted comes back from the palette, and the heading has the focus that was lost", async () => {
  await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: /Delete session/ }));
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Sandbox"));
  expect(document.activeElement?.tagName).toBe("H1");
  await openPalette();
  await user.keyboard("undo deleted{Enter}");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi"));
});

test("the palette finds by the beginnings of words, not by letters scattered over them", async () => {
  const { find } = await import("../src/shell/found");
  const thing = (title: string) => ({
    kind: "query" as const,
    title,
    detail: "accounts",
    run: () => undefined,
  });
  const all = ["ListBankAccounts", "Transactions by account", "Theme: dark", "Sign in with browser"].map(
    thing,
  );
  const titles = (words: string) => find(words, all).map(({ title }) => title);
  expect(titles("bank")).toEqual(["ListBankAccounts"]);
  expect(titles("lba"), "the first letters of its words").toEqual(["ListBankAccounts"]);
  expect(titles("sign bro")).toEqual(["Sign in with browser"]);
  expect(titles("rowse"), "the middle of a word, where nothing begins like it").toEqual([
    "Sign in with browser",
  ]);
  expect(titles("tdk"), "scattered letters").toEqual([]);
  expect(titles("tra"), "beginnings hide middles").toEqual(["Transactions by account"]);
});

test("an Undo stays while the pointer or the focus is on it, and goes when they have left", async () => {
  await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: /Delete session/ }));
  const undo = await button("Undo");
  vi.useFakeTimers();
  undo.focus();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(undo.isConnected).toBe(true);
  undo.blur();
  await vi.advanceTimersByTimeAsync(11_000);
  expect(undo.isConnected).toBe(false);
});
