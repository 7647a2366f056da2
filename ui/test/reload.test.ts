import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { ExchangeSummary, QueryView, RunRequest } from "../src/ipc/generated";
import { arrive, fill, goTo, openWorld, press, reload, startAgain, user } from "./page";
import type { World } from "./world";

const heldBy = async (world: World) =>
  Object.values(await world.call<Record<string, string>>("page_held")).join("\n");
/** Until the page has handed this over to be held. */
const holds = (world: World, ...texts: string[]) =>
  waitFor(async () => {
    const held = await heldBy(world);
    for (const text of texts) expect(held).toContain(text);
  });
const sandbox = () => openWorld((world) => world.signIn());
const field = (name: string | RegExp) => screen.findByRole<HTMLInputElement>("textbox", { name });
const valueOf = async (name: string | RegExp) => (await field(name)).value;

async function typeIn(name: string, words: string) {
  const content = await field(name);
  content.focus();
  const clipboardData = { getData: () => words };
  const paste = new Event("paste", { bubbles: true, cancelable: true });
  content.dispatchEvent(Object.assign(paste, { clipboardData }));
}

test("a page that died comes back on the same query with what was typed", async () => {
  const world = await sandbox();
  await goTo("AccountBalances");
  await typeIn("GraphQL document", "# mine\n");
  await typeIn("Variables", "{,");
  await holds(world, "# mine", "{,");
  await reload(world);
  await arrive("AccountBalances");
  expect((await field("GraphQL document")).textContent).toContain("# mine");
  expect((await field("Variables")).textContent).toContain("{,");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
});

test("a second death in a row loses nothing either, nor does a query that was not looked at between", async () => {
  const world = await sandbox();
  await goTo("AccountBalances");
  await typeIn("GraphQL document", "# mine\n");
  await holds(world, "# mine");
  await reload(world);
  await goTo("Sandbox");
  const path = "accounts/account-balances";
  const draft = async () => (await world.call<QueryView>("query", { path })).draft;
  await waitFor(async () => expect(await draft()).not.toBeNull());
  await reload(world);
  await world.call("query_draft", { path, draft: null });
  await goTo("AccountBalances");
  expect((await field("GraphQL document")).textContent).toContain("# mine");
});

test("fields of a connection come back as they were typed, those that were refused too", async () => {
  const world = await openWorld();
  // No file of the workspace may be so large.
  const long = "x".repeat(1024 * 1024);
  fill(await field(/^For end user/), "Ticket 4711");
  fill(await field("Client ID"), "  half-typed");
  fill(await field("Redirect URI"), long);
  await screen.findByRole("alert");
  await holds(world, long, "  half-typed", "Ticket 4711");
  await reload(world);
  await waitFor(async () => expect(await valueOf("Client ID")).toBe("  half-typed"));
  expect(await valueOf(/^For end user/)).toBe("Ticket 4711");
  expect(await valueOf("Redirect URI")).toBe(long);
  expect((await screen.findByRole("alert")).dataset.code).toBe("file_too_large");
  fill(await field("Redirect URI"), "http://127.0.0.1/callback");
  await press("Save again");
  await waitFor(async () => expect((await world.connection()).clientId).toBe("half-typed"));
});

test("the tools come back with what was pasted", async () => {
  const world = await openWorld();
  await press("Inspect a token or URL…");
  fill(await field("What to inspect"), "eyJhbGciOiJub25lIn0.e30.");
  await waitFor(() => expect(world.sentAs("inspect")).toHaveLength(1));
  await press("PKCE pair checker");
  fill(await field("code_verifier"), "a-verifier");
  await holds(world, "eyJhbGciOiJub25lIn0.e30.", "a-verifier");
  await reload(world);
  expect(await valueOf("code_verifier")).toBe("a-verifier");
  await press("Inspect a token or URL…");
  expect(await valueOf("What to inspect")).toBe("eyJhbGciOiJub25lIn0.e30.");
  await waitFor(() => expect(world.sentAs("inspect").length).toBeGreaterThan(1));
});

test("names that are being typed come back in their forms", async () => {
  const world = await sandbox();
  await press("New query");
  await user.type(await field("Name"), "Refund st");
  await goTo("Thandi Nkosi");
  await user.keyboard("{F2}");
  await user.type(await field("Name of the session"), " of Cape Town");
  await holds(world, "Refund st", " of Cape Town");
  await reload(world);
  expect(await valueOf("Name")).toBe("Refund st");
  expect(await valueOf("Name of the session")).toMatch(/ of Cape Town$/);
});

test("a run under way is asked for with the same id, and its response is shown", async () => {
  const world = await openWorld(async (world) => {
    await world.signIn();
    await world.faults("graphql-late");
  });
  await goTo("AccountBalances");
  await press(/^Run/);
  const ids = () => world.sentAs("query_run").map(({ request }) => (request as RunRequest).id);
  await waitFor(() => expect(ids()).toHaveLength(1));
  await holds(world, ids()[0] as string);
  await reload(world);
  const region = await screen.findByRole("region", { name: "Response" });
  await waitFor(() => expect(region.dataset.status).toBe("200"));
  expect(ids()).toHaveLength(2);
  expect(new Set(ids()).size).toBe(1);
  const wire = await world.call<ExchangeSummary[]>("wire");
  const sent = wire.filter(({ target }) => target.startsWith("/graphql"));
  expect(sent, "the same id is never sent twice").toHaveLength(1);
  expect(within(region).getByText(/as Thandi Nkosi/)).toBeTruthy();
});

test("a sign-in that waits goes on, and comes back to the query that asked for it", async () => {
  const world = await openWorld();
  await goTo("AccountBalances");
  await press("Sign in with browser");
  await screen.findByText(/waiting for the browser/);
  await reload(world);
  await screen.findByText(/waiting for the browser/);
  await world.comesBack();
  await arrive("AccountBalances");
});

test("a session comes back with its panel, the part of its token and where it was scrolled to", async () => {
  const world = await sandbox();
  await goTo("Thandi Nkosi");
  await user.click(await screen.findByRole("radio", { name: "Header" }));
  await press("Refresh…");
  const view = () => document.querySelector("main > .view") as HTMLElement;
  view().scrollTop = 240;
  view().dispatchEvent(new Event("scroll"));
  await holds(world, '"header"', '"refresh"', '"top":240');
  await reload(world);
  await screen.findByRole("region", { name: "Refresh this session" });
  expect(await screen.findByLabelText("Header")).toBeTruthy();
  await waitFor(() => expect(view().scrollTop).toBe(240));
  await goTo("Sandbox");
  await goTo("Thandi Nkosi");
  await screen.findByRole("table", { name: "ID token claims" });
  expect(screen.queryByRole("region", { name: "Refresh this session" })).toBeNull();
  expect(view().scrollTop).toBe(0);
});

test("what was opened in the tools and in a sign-in that waits comes back open", async () => {
  const world = await sandbox();
  await press("Inspect a token or URL…");
  await press("Check against…");
  await holds(world, "inspect.options");
  await reload(world);
  await field(/^nonce/);
  await press("Authorization requests");
  const rows = await screen.findByRole("table", { name: "Authorization requests" });
  await user.click(within(rows).getAllByRole("button", { expanded: false })[0] as HTMLElement);
  const detail = () => screen.findByText("code_challenge");
  await detail();
  await holds(world, "requests.row");
  await reload(world);
  await detail();
  await goTo("Sandbox");
  await press("Sign in with browser");
  await press("Paste callback…");
  await holds(world, ".paste");
  await reload(world);
  await field("Callback URL");
});

test("what was deleted a moment before can still be taken back", async () => {
  const world = await sandbox();
  await goTo("Thandi Nkosi");
  await press("More actions");
  await user.click(await screen.findByRole("menuitem", { name: /Delete session/ }));
  await screen.findByRole("button", { name: "Undo" });
  await holds(world, '"what":"session"');
  await reload(world);
  await press("Undo");
  await arrive("Thandi Nkosi");
});

test("no secret field is held, and nothing of an earlier start", async () => {
  const world = await openWorld();
  await user.click(await screen.findByRole("radio", { name: "Secret" }));
  await user.type(await screen.findByLabelText("Client secret"), "a-half-typed-secret");
  await user.type(await field(/^For end user/), "Ticket 4711");
  await holds(world, "Ticket 4711");
  expect(await heldBy(world)).not.toContain("a-half");
  await startAgain(world);
  expect(world.sentAs("page_held")).toHaveLength(0);
  expect(await heldBy(world)).not.toContain("Ticket 4711");
});
