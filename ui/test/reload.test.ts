import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, calls, dieAndReload, fill, goTo, open, press, thandi, user } from "./page";

/** What was typed longer ago than this is back. */
const promised = () => new Promise((done) => setTimeout(done, 300));
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
  const application = await open({ sessions: [thandi()] });
  await goTo("AccountBalances");
  await typeIn("GraphQL document", "# mine\n");
  await typeIn("Variables", "{,");
  await promised();
  await dieAndReload(application);
  await arrive("AccountBalances");
  expect((await field("GraphQL document")).textContent).toContain("# mine");
  expect((await field("Variables")).textContent).toContain("{,");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
});

test("a second death in a row loses nothing either, nor does a query that was not looked at between", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("AccountBalances");
  await typeIn("GraphQL document", "# mine\n");
  await promised();
  await dieAndReload(application);
  await goTo("Sandbox");
  await dieAndReload(application);
  application.query({ path: "accounts/account-balances" }).draft = null;
  await goTo("AccountBalances");
  expect((await field("GraphQL document")).textContent).toContain("# mine");
});

test("fields of a connection come back as they were typed, those that were refused too", async () => {
  const application = await open();
  application.failures.set("connection_save", {
    code: "url_malformed",
    message: "No.",
    hint: null,
    detail: null,
  });
  fill(await field("Client ID"), "  half-typed");
  fill(await field(/^For end user/), "Ticket 4711");
  await promised();
  await dieAndReload(application);
  await waitFor(async () => expect(await valueOf("Client ID")).toBe("  half-typed"));
  expect(await valueOf(/^For end user/)).toBe("Ticket 4711");
  await screen.findByRole("alert");
  application.failures.clear();
  await press("Save again");
  await waitFor(() => expect(application.connection({ slug: "sandbox" }).clientId).toBe("half-typed"));
});

test("the tools come back with what was pasted", async () => {
  const application = await open();
  await press("Inspect a token or URL…");
  fill(await field("What to inspect"), "eyJhbGciOiJub25lIn0.e30.");
  await press("PKCE pair checker");
  fill(await field("code_verifier"), "a-verifier");
  await promised();
  await dieAndReload(application);
  expect(await valueOf("code_verifier")).toBe("a-verifier");
  await press("Inspect a token or URL…");
  expect(await valueOf("What to inspect")).toBe("eyJhbGciOiJub25lIn0.e30.");
  await waitFor(() => expect(calls(application, "inspect").length).toBeGreaterThan(1));
});

test("names that are being typed come back in their forms", async () => {
  const application = await open({ sessions: [thandi()] });
  await press("New query");
  await user.type(await field("Name"), "Refund st");
  await goTo("Thandi Nkosi");
  await user.keyboard("{F2}");
  await user.type(await field("Name of the session"), " of Cape Town");
  await promised();
  await dieAndReload(application);
  expect(await valueOf("Name")).toBe("Refund st");
  expect(await valueOf("Name of the session")).toMatch(/ of Cape Town$/);
});

test("a run under way is asked for with the same id, and its response is shown", async () => {
  const application = await open({ sessions: [thandi()], answer: "never" });
  await goTo("AccountBalances");
  await press(/^Run/);
  await promised();
  application.scenario.answer = "data";
  await dieAndReload(application);
  const region = await screen.findByRole("region", { name: "Response" });
  await waitFor(() => expect(region.dataset.status).toBe("200"));
  const ids = calls(application, "query_run").map(({ args }) => (args.request as { id: string }).id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size, "the same id is never sent twice").toBe(1);
  expect(within(region).getByText(/as Thandi Nkosi/)).toBeTruthy();
});

test("a sign-in that waits goes on, and comes back to the query that asked for it", async () => {
  const application = await open({ signIn: "wait" });
  await goTo("AccountBalances");
  await press("Sign in with browser");
  await waitFor(() => expect(application.signIns).toHaveLength(1));
  await screen.findByText(/waiting for the browser/);
  await dieAndReload(application);
  await screen.findByText(/waiting for the browser/);
  application.signIns[0]?.succeed();
  await arrive("AccountBalances");
});

test("a session comes back with its panel, the part of its token and where it was scrolled to", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await user.click(await screen.findByRole("radio", { name: "Header" }));
  await press("Refresh…");
  const view = () => document.querySelector("main > .view") as HTMLElement;
  view().scrollTop = 240;
  view().dispatchEvent(new Event("scroll"));
  await promised();
  await dieAndReload(application);
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
  const application = await open({ sessions: [thandi()], signIn: "wait" });
  await press("Inspect a token or URL…");
  await press("Check against…");
  await promised();
  await dieAndReload(application);
  await field(/^nonce/);
  await press("Authorization requests");
  const rows = await screen.findByRole("table", { name: "Authorization requests" });
  await user.click(within(rows).getAllByRole("button", { expanded: false })[0] as HTMLElement);
  const detail = () => screen.findByText("code_challenge");
  await detail();
  await promised();
  await dieAndReload(application);
  await detail();
  await goTo("Sandbox");
  await press("Sign in with browser");
  await press("Paste callback…");
  await promised();
  await dieAndReload(application);
  await field("Callback URL");
});

test("what was deleted a moment before can still be taken back", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await press("More actions");
  await user.click(await screen.findByRole("menuitem", { name: /Delete session/ }));
  await screen.findByRole("button", { name: "Undo" });
  await promised();
  await dieAndReload(application);
  await press("Undo");
  await arrive("Thandi Nkosi");
});

test("no secret field is held, and nothing of an earlier start", async () => {
  const application = await open();
  await user.click(await screen.findByRole("radio", { name: "Secret" }));
  await user.type(await screen.findByLabelText("Client secret"), "a-half-typed-secret");
  await user.type(await field(/^For end user/), "Ticket 4711");
  await promised();
  const held = [...application.held.values()].join();
  expect(held).toContain("Ticket 4711");
  expect(held).not.toContain("a-half");
  await open(application);
  expect(calls(application, "page_held")).toHaveLength(0);
});
