import { mkdirSync, readFileSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { screen, waitFor } from "@testing-library/dom";
import { expect, test, vi } from "vitest";
import { serve } from "./server";
import { button, fill, goTo, openWorld, press, user } from "./page";
import type { World } from "./world";

const clientId = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Client ID" });
const addStitch = (world: World) =>
  world.call("connection_create", { preset: "stitch-test", name: "Stitch" });
/** With a connection that still needs its client. */
const openWithStitch = () => openWorld(addStitch);
/** Waits for the client id that is kept of a connection. */
const keeps = (world: World, slug: string, clientId: string) =>
  waitFor(async () => expect((await world.connection(slug)).clientId).toBe(clientId));
const fileOf = async (world: World, slug: string) =>
  join((await world.overview()).status.workspace, "connections", `${slug}.toml`);

test("the first start opens the Sandbox with one button to sign in", async () => {
  await openWorld();
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Sandbox");
  expect(screen.getAllByRole("button", { name: "Sign in with browser" })).toHaveLength(1);
});

test("the form saves itself a moment after the last key, in one go", async () => {
  const world = await openWithStitch();
  await goTo("Stitch");
  const field = await clientId();
  vi.useFakeTimers();
  for (const text of ["t", "test-a", "test-abc"]) {
    fill(field, text);
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(world.sentAs("connection_save")).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(200);
  vi.useRealTimers();
  await keeps(world, "stitch", "test-abc");
  expect(world.sentAs("connection_save")).toHaveLength(1);
  expect(await screen.findByText("Saved")).toBeTruthy();
});

test.each([
  ["the right button, whose release a native menu keeps to itself", 2, null],
  [
    "a press that a context menu ends",
    0,
    () => document.body.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true })),
  ],
  ["a press that ends in another window", 0, () => window.dispatchEvent(new FocusEvent("blur"))],
])("the form still saves itself after %s", async (_, button, end) => {
  const world = await openWorld();
  const field = await clientId();
  vi.useFakeTimers();
  fill(field, "test-abc");
  document.body.dispatchEvent(new MouseEvent("pointerdown", { button, bubbles: true }));
  end?.();
  await vi.advanceTimersByTimeAsync(500);
  expect(world.sentAs("connection_save")).toHaveLength(1);
  vi.useRealTimers();
  await keeps(world, "sandbox", "test-abc");
});

test("the form waits with its save for the end of a press, but not for one that never comes", async () => {
  const world = await openWorld();
  const field = await clientId();
  vi.useFakeTimers();
  fill(field, "test-abc");
  document.body.dispatchEvent(new MouseEvent("pointerdown", { button: 0, bubbles: true }));
  await vi.advanceTimersByTimeAsync(500);
  expect(world.sentAs("connection_save")).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(world.sentAs("connection_save")).toHaveLength(1);
  vi.useRealTimers();
  await keeps(world, "sandbox", "test-abc");
});

test("leaving the view keeps what was typed a moment before", async () => {
  const world = await openWithStitch();
  await goTo("Stitch");
  await user.type(await clientId(), "test-1");
  await goTo("Sandbox");
  await keeps(world, "stitch", "test-1");
});

test("a change from outside is shown, but never over a field that is being typed in", async () => {
  const world = await openWithStitch();
  await goTo("Stitch");
  const field = await clientId();
  // The time of the save does not come by itself.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  fill(field, "test-typ");
  const file = await fileOf(world, "stitch");
  const changed = readFileSync(file, "utf8")
    .replace(/^client_id = .*$/m, 'client_id = "from-outside"')
    .replace("dev.bobbin.workbench:/oauth/callback", "https://localhost:9000/return");
  writeFileSync(file, changed);
  const redirect = screen.getByRole<HTMLInputElement>("textbox", { name: "Redirect URI" });
  await waitFor(() => expect(redirect.value).toBe("https://localhost:9000/return"));
  expect(field.value).toBe("test-typ");
  expect(world.sentAs("connection_save")).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(500);
  vi.useRealTimers();
  await press("Keep mine");
  await keeps(world, "stitch", "test-typ");
  expect((await world.connection("stitch")).redirectUri).toBe("https://localhost:9000/return");
});

test("an answer to a save does not take back the keys pressed meanwhile", async () => {
  const world = await openWithStitch();
  await goTo("Stitch");
  const answer = world.hold("connection_save");
  await user.type(await clientId(), "one ");
  await waitFor(() => expect(world.sentAs("connection_save")).toHaveLength(1));
  await user.type(await clientId(), "two");
  answer();
  await keeps(world, "stitch", "one two");
  expect((await clientId()).value).toBe("one two");
});

test("a failed save says so, keeps the text and can be repeated", async () => {
  const world = await openWithStitch();
  await goTo("Stitch");
  const field = await clientId();
  const file = await fileOf(world, "stitch");
  const whole = readFileSync(file, "utf8");
  writeFileSync(file, `<<<<<<< HEAD\n${whole}`);
  await user.type(field, "test-9");
  await button("Save again");
  expect(screen.getByRole("alert").dataset.code).toBe("file_malformed");
  expect((await clientId()).value).toBe("test-9");
  writeFileSync(file, whole);
  await press("Save again");
  await keeps(world, "stitch", "test-9");
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("a field to be filled in is no mistake before somebody was there, and then its problem stands at it", async () => {
  await openWithStitch();
  await goTo("Stitch");
  const field = await clientId();
  const described = () => document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent;
  expect(field.getAttribute("aria-invalid")).toBe("false");
  expect(described()).toContain("Required");
  await user.click(field);
  await user.tab();
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  expect(described()).toContain("The client id is missing");
});

test("the first sign-in says what is missing", async () => {
  await openWithStitch();
  await goTo("Stitch");
  await clientId();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(async () => expect((await clientId()).getAttribute("aria-invalid")).toBe("true"));
});

test("scopes are chosen by chips, counted against the limit, and others can be added", async () => {
  const world = await openWorld();
  await user.click(await screen.findByRole("button", { name: "balances", pressed: true }));
  await user.type(screen.getByRole("textbox", { name: "Another scope" }), "pci_unsafe{Enter}");
  expect(await screen.findByRole("button", { name: "pci_unsafe", pressed: true })).toBeTruthy();
  expect(screen.getByText(/5 of 9 user scopes · 54 of 300 characters/)).toBeTruthy();
  await waitFor(async () =>
    expect((await world.connection()).scopes).toEqual([
      "openid",
      "accounts",
      "transactions",
      "offline_access",
      "pci_unsafe",
    ]),
  );
});

test("Control Enter in the field of another scope adds it and signs nobody in", async () => {
  const world = await openWorld();
  await user.type(
    await screen.findByRole("textbox", { name: "Another scope" }),
    "pci_unsafe{Control>}{Enter}{/Control}",
  );
  expect(await screen.findByRole("button", { name: "pci_unsafe", pressed: true })).toBeTruthy();
  expect(world.sentAs("sign_in_start")).toHaveLength(0);
});

test("a new connection starts from a preset with its name ready to be typed", async () => {
  const world = await openWorld();
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: /Stitch with a test client/ }));
  const field = await screen.findByRole("textbox", { name: "Name of the connection" });
  await user.clear(field);
  await user.type(field, "Acme{Enter}");
  await goTo("Acme");
  expect(world.sentAs("connection_create")).toEqual([{ preset: "stitch-test", name: "Stitch" }]);
});

test("a deleted connection comes back by Undo", async () => {
  await openWithStitch();
  await goTo("Stitch");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the connection" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Stitch" })).toBeNull());
  await press("Undo");
  expect(await button("Stitch")).toBeTruthy();
});

test("a connection that could be deleted only in part can be made whole by Undo", async () => {
  let asked = false;
  let refuse = () => {};
  const refused = new Promise<void>((done) => (refuse = done));
  const provider = await serve((_, response) => {
    asked = true;
    void refused.then(() => response.writeHead(400).end('{"error":"invalid_grant"}'));
  });
  const tokens = { access_token: "one", token_type: "Bearer", expires_in: 900, refresh_token: "two" };
  const world = await openWorld(async (world) => {
    await world.save({ endpoints: [{ kind: "token", url: provider }] });
    await world.call("session_from_reply", { connection: "sandbox", text: JSON.stringify(tokens) });
    await world.call("sign_in_start", { connection: "sandbox", userLabel: "" });
  });
  const sessions = async () => (await world.overview()).connections[0]?.sessions.map(({ id }) => id) ?? [];
  const [id] = await sessions();
  const refresh = world.refusal("session_refresh", { id, generation: 1, scopes: null });
  await waitFor(() => expect(asked).toBe(true));
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the connection" }));
  // Its sign-in has ended, its session is still being refreshed, and meanwhile its file can no longer be removed.
  await waitFor(async () =>
    expect(await world.call("sign_in", { connection: "sandbox" })).toMatchObject({ state: "cancelled" }),
  );
  const file = await fileOf(world, "sandbox");
  rmSync(file);
  mkdirSync(file);
  refuse();
  await refresh;
  expect(await screen.findByText(/^The connection was deleted only in part\./)).toBeTruthy();
  rmdirSync(file);
  await press("Undo");
  await waitFor(async () => expect(await sessions()).toEqual([id]));
  expect(await button("Sandbox")).toBeTruthy();
});
