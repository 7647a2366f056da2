import { existsSync } from "node:fs";
import { mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test, vi } from "vitest";
import type { Notice, SessionView } from "../src/ipc/generated";
import { arrive, button, goTo, openWorld, press, reload, startAgain, user } from "./page";
import type { World } from "./world";

const withSession = () => openWorld((world) => world.signIn());
const workspaceOf = async (world: World) => (await world.overview()).status.workspace;

const field = () => screen.getByRole("combobox", { name: "Search or run a command" });
const openPalette = () => user.keyboard("{Control>}k{/Control}");

test("the palette finds a thing by a few letters and goes there with Enter", async () => {
  await withSession();
  await openPalette();
  expect(document.activeElement).toBe(field());
  await user.keyboard("list{Enter}");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("ListBankAccounts"));
  expect(field().getAttribute("aria-expanded")).toBe("false");
});

test("the palette runs actions and shows their shortcuts", async () => {
  await withSession();
  await openPalette();
  await user.keyboard("theme dark");
  await user.keyboard("{Enter}");
  expect(document.documentElement.dataset.theme).toBe("dark");
  await openPalette();
  const wire = await screen.findByRole("option", { name: /Show Wire/ });
  expect(wire.textContent).toContain("Ctrl J");
});

test("the page shows the theme that the window remembers", async () => {
  await openWorld((world) => world.call("theme", { choice: "dark" }));
  expect(await button("Theme: dark")).toBeTruthy();
  expect(document.documentElement.dataset.theme).toBe("dark");
});

const controlEnter = "{Control>}{Enter}{/Control}";

test("Control Enter in the palette goes to what is found and runs nothing of the view behind it", async () => {
  const world = await withSession();
  await goTo("AccountBalances");
  await openPalette();
  await user.keyboard(`list${controlEnter}`);
  await arrive("ListBankAccounts");
  expect(world.sentAs("query_run")).toHaveLength(0);
});

test.each(["New query", "Rename"])(
  "Control Enter in a name under %s does not run the open query",
  async (opens) => {
    const world = await withSession();
    await goTo("AccountBalances");
    if (opens === "Rename") await user.keyboard("{F2}");
    else await press(opens);
    await user.type(await screen.findByRole("textbox", { name: "Name" }), `Refund${controlEnter}`);
    await press(/^Run/);
    await waitFor(() => expect(world.sentAs("query_run")).toHaveLength(1));
  },
);

test("Control Enter in a name of a thing renames it and signs nobody in", async () => {
  const world = await openWorld();
  await user.keyboard("{F2}");
  await user.type(
    await screen.findByRole("textbox", { name: "Name of the connection" }),
    ` 2${controlEnter}`,
  );
  await arrive("Sandbox 2");
  expect(world.sentAs("sign_in_start")).toHaveLength(0);
});

test("arrows move in the palette, Escape closes it and the focus goes back", async () => {
  await withSession();
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
  await withSession();
  const things = within(screen.getByRole("navigation", { name: "Things" }));
  const sandbox = things.getByRole("button", { name: "Sandbox" });
  await waitFor(() => expect(sandbox.getAttribute("aria-current")).toBe("page"));
  sandbox.focus();
  await user.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(await things.findByRole("button", { name: "Thandi Nkosi" }));
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi"));
});

test("what was selected is selected again after a restart", async () => {
  const world = await withSession();
  await goTo("Thandi Nkosi");
  await startAgain(world);
  await arrive("Thandi Nkosi");
});

test("a selected thing that is gone gives way to the Sandbox", async () => {
  let session = {} as SessionView;
  const world = await openWorld(async (world) => (session = await world.signIn()));
  await goTo("Thandi Nkosi");
  await world.call("session_delete", { id: session.id });
  await arrive("Sandbox");
});

test("a database that is not opened is said in the status bar, with the reason and the last try", async () => {
  let lock = "";
  await openWorld(async (world) => {
    lock = `${await workspaceOf(world)}/bobbin.sqlite3.lock`;
    await waitFor(async () => expect((await world.overview()).status.keyStore).toBe("ready"));
    await rm(lock);
    await mkdir(lock);
    await world.restart();
  });
  expect(await screen.findByText("Database not opened — sessions won't be saved")).toBeTruthy();
  await press("Why…");
  const panel = await screen.findByRole("region", { name: "Key store" });
  expect(panel.textContent).toContain(lock);
  await press("Try again");
  expect(await within(panel).findByText(/^Last tried at \d\d:\d\d:\d\d: no change\.$/)).toBeTruthy();
  await rmdir(lock);
  await press("Try again");
  expect((await screen.findAllByText("Keyring ready")).length).toBeGreaterThan(0);
  await waitFor(() => expect(screen.queryByRole("region", { name: "Key store" })).toBeNull());
});

test("what a key store is called stands in what is said of it", async () => {
  const { keyStoreLine } = await import("../src/words/keyStore");
  expect(keyStoreLine("locked")).toBe("Keyring locked — sessions won't be saved");
  expect(keyStoreLine("key_lost")).toBe("Encryption key lost — saved sessions can't be opened");
});

test("what cannot be read of the database is said where the key store is, and the rest is saved", async () => {
  await openWorld(async (world) => {
    const { id } = await world.signIn({ person: "Thandi Nkosi" });
    await world.signIn({ person: "Pieter van der Merwe" });
    const label = "Struck by a bad sector";
    await world.call("session_rename", { id, label });
    const database = `${await workspaceOf(world)}/bobbin.sqlite3`;
    // Somebody who has it open would go on with what was there before.
    await world.restart({ memory: true });
    await waitFor(() => expect(existsSync(`${database}-wal`)).toBe(false));
    const bytes = await readFile(database);
    for (let at; (at = bytes.indexOf(label)) >= 0;) bytes.fill(0xff, at, at + label.length);
    await writeFile(database, bytes);
    await world.restart();
  });
  expect(await screen.findByText("Keyring ready")).toBeTruthy();
  await press("Details…");
  const panel = await screen.findByRole("region", { name: "Key store" });
  expect(panel.textContent).toContain("One record in the database cannot be read");
  expect(within(panel).queryByRole("button", { name: "Try again" })).toBeNull();
  expect(document.activeElement?.textContent).toBe("Close");
  await goTo("Pieter van der Merwe");
});

test("F2 renames the row that has the focus, not the thing that is open", async () => {
  await withSession();
  await goTo("Sandbox");
  const things = screen.getByRole("navigation", { name: "Things" });
  (await within(things).findByRole("button", { name: "Thandi Nkosi" })).focus();
  await user.keyboard("{F2}");
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Name of the session" });
  expect(field.value).toBe("Thandi Nkosi");
  expect(screen.queryByRole("textbox", { name: "Name of the connection" })).toBeNull();
});

test("after the palette the view has the focus", async () => {
  await withSession();
  (await button("New query")).focus();
  await openPalette();
  await user.keyboard("list{Enter}");
  await waitFor(() => expect(document.activeElement?.textContent).toBe("ListBankAccounts"));
  expect(document.activeElement?.tagName).toBe("H1");
});

test("a notice is a line in the live region", async () => {
  const world = await openWorld();
  await world.faults("keys-private-members");
  await world.signIn();
  await waitFor(() => expect(screen.getByRole("status").dataset.code).toBe("jwks_private_key"));
});

test("notices that say what to do stand one under the other until each is dismissed", async () => {
  const link = (world: World, rest: string) =>
    world.happens({ what: "app_link", url: `dev.bobbin.workbench:/oauth/callback${rest}` });
  const world = await openWorld(async (world) => {
    await link(world, "?code=abc&state=of-nobody");
    await link(world, "?code=abc");
  });
  const groups = () => screen.getAllByRole("group").flatMap(({ dataset }) => dataset.code ?? []);
  const [unknown, stateless, fragment] = [
    "callback_unknown_state",
    "callback_without_state",
    "callback_fragment",
  ];
  await waitFor(() => expect(groups()).toEqual([unknown, stateless]));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  await link(world, "?code=abc&state=of-nobody#top");
  await waitFor(() => expect(groups()).toEqual([unknown, stateless, fragment]));
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(groups()).toHaveLength(3);
  for (const { message, hint } of await world.call<Notice[]>("notices")) {
    expect(within(screen.getByRole("group", { name: message })).getByText(hint ?? "")).toBeTruthy();
  }
  await user.keyboard("{Escape}");
  await waitFor(() => expect(groups()).toEqual([unknown, stateless]));
  await user.click(screen.getAllByRole("button", { name: "Dismiss" })[0] as HTMLElement);
  await waitFor(() => expect(groups()).toEqual([stateless]));
  await waitFor(async () => expect(await world.call("notices")).toHaveLength(1));
  await reload(world);
  await waitFor(() => expect(groups()).toEqual([stateless]));
});

test("a data folder that cannot be used is said without another try, which could not help", async () => {
  await openWorld((world) => world.restart({ memory: true }));
  await press("Why…");
  const panel = await screen.findByRole("region", { name: "Key store" });
  expect(within(panel).queryByRole("button", { name: "Try again" })).toBeNull();
  await openPalette();
  await user.keyboard("retry");
  expect(await screen.findByText("No matches")).toBeTruthy();
});

test("an overview that fails is a card with a way out", async () => {
  const world = await openWorld((world) => world.end());
  expect((await screen.findByRole("alert")).textContent).toContain("Bobbin could not do this.");
  await world.restart();
  await press("Try again");
  expect(await button("Sandbox")).toBeTruthy();
});

test("every view opens although Object.prototype is frozen", async () => {
  expect(Object.isFrozen(Object.prototype)).toBe(true);
  await withSession();
  await goTo("Thandi Nkosi");
  await goTo("AccountBalances");
  expect((await screen.findByRole("textbox", { name: "GraphQL document" })).textContent).toContain("query");
  await user.keyboard("{Control>}j{/Control}");
  expect(await screen.findByRole("region", { name: "Wire" })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Wire" })).toBeNull();
});

test("the wire is not asked for before the first view is on screen", async () => {
  const world = await openWorld(async (world) => {
    const { id } = await world.signIn();
    // The provider tells it a moment later.
    const named = async () => (await world.call<SessionView>("session", { id })).label;
    await waitFor(async () => expect(await named()).toBe("Thandi Nkosi"));
  });
  await waitFor(() => expect(world.sentAs("wire").length).toBeGreaterThan(0));
  const order = world.sent.map(({ command }) => command);
  expect(order.indexOf("wire")).toBeGreaterThan(order.indexOf("connection"));
  expect(order.filter((command) => command === "overview")).toHaveLength(1);
});

test("what was deleted comes back from the palette, and the heading has the focus that was lost", async () => {
  await withSession();
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
  await withSession();
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
