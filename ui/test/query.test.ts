import { screen, waitFor, within } from "@testing-library/dom";
import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import { Application } from "../src/dev/application";
import { respond } from "../src/dev/responses";
import { clientSession, session } from "../src/dev/samples";
import { MINUTE, arrive, button, calls, goTo, open, press, thandi, user } from "./page";

const path = "accounts/account-balances";
const region = () => screen.findByRole("region", { name: "Response" });
const text = (name: string) => screen.findByRole("textbox", { name });

/** Puts words at the beginning of an editor, as a paste does. */
async function typeIn(name: string, words: string) {
  const content = await text(name);
  content.focus();
  const clipboardData = { getData: () => words };
  content.dispatchEvent(
    Object.assign(new Event("paste", { bubbles: true, cancelable: true }), { clipboardData }),
  );
}

async function atQuery(scenario: Parameters<typeof open>[0] = { sessions: [thandi()] }) {
  const application = await open(scenario);
  await goTo("AccountBalances");
  await text("GraphQL document");
  return application;
}

test("what is typed makes the query dirty and is kept as a draft, not in the file", async () => {
  const application = await atQuery();
  expect(await button("Save")).toHaveProperty("disabled", true);
  await typeIn("GraphQL document", "# mine\n");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
  await waitFor(() => expect(application.query({ path }).draft?.document).toMatch(/^# mine/), {
    timeout: 2000,
  });
  expect(application.query({ path }).document).not.toContain("# mine");
});

test("a draft is there again after a restart", async () => {
  const application = await atQuery();
  await typeIn("GraphQL document", "# mine\n");
  await goTo("Sandbox");
  await waitFor(() => expect(application.query({ path }).draft).not.toBeNull());
  await open(application);
  await goTo("AccountBalances");
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
});

test("saving writes the file, ends the dirt and needs no draft", async () => {
  const application = await atQuery();
  await typeIn("GraphQL document", "# mine\n");
  await user.keyboard("{Control>}s{/Control}");
  await waitFor(() => expect(application.query({ path }).document).toMatch(/^# mine/));
  await waitFor(() => expect(screen.queryByLabelText("Not saved")).toBeNull());
  const drafts = calls(application, "query_draft").length;
  await new Promise((done) => setTimeout(done, 600));
  expect(calls(application, "query_draft")).toHaveLength(drafts);
  expect(application.query({ path }).draft).toBeNull();
});

test("a file that changed outside is shown unless something is typed", async () => {
  const application = await atQuery();
  application.query({ path }).document = "# outside\n";
  await application.changed({ what: "query", path });
  await waitFor(async () => expect((await text("GraphQL document")).textContent).toContain("# outside"));
  await typeIn("GraphQL document", "# mine\n");
  application.query({ path }).document = "# again\n";
  await application.changed({ what: "query", path });
  await new Promise((done) => setTimeout(done, 50));
  expect((await text("GraphQL document")).textContent).toContain("# mine");
});

test("a run is sent with the session's id and shows status, time and size", async () => {
  const application = await atQuery();
  await press(/^Run/);
  await waitFor(async () => expect((await region()).dataset.status).toBe("200"));
  expect((await region()).textContent).toMatch(/142 ms/);
  const [run] = calls(application, "query_run");
  expect(run?.args.request).toMatchObject({
    session: "thandi",
    operationName: null,
    variables: '{ "first": 3 }',
  });
});

test("variables that are not JSON are marked with their place and nothing is sent", async () => {
  const application = await atQuery();
  await typeIn("Variables", "\n{,");
  expect(await screen.findByText("Line 2, column 2: Variables are not JSON")).toBeTruthy();
  await press(/^Run/);
  const card = await within(await region()).findByRole("alert");
  expect(card.dataset.code).toBe("variables_malformed");
  expect(card.textContent).toContain("Nothing was sent. Fix the variables at line 2, column 2");
  expect(calls(application, "query_run")).toHaveLength(0);
  await typeIn("GraphQL document", "# mine\n");
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("a run can be cancelled, and the card says what that means", async () => {
  await atQuery({ sessions: [thandi()], answer: "never" });
  await press(/^Run/);
  await press(/^Cancel/);
  expect((await screen.findByRole("alert")).dataset.code).toBe("run_cancelled");
  expect(await button(/^Run again/)).toBeTruthy();
});

test("a missing scope offers to sign in with it, and comes back to the query with the new session", async () => {
  const application = await atQuery({ sessions: [thandi()], answer: "partial", signIn: "wait" });
  application.connection({ slug: "sandbox" }).scopes = ["openid", "accounts"];
  await application.changed({ what: "connection", slug: "sandbox" });
  await press(/^Run/);
  expect((await region()).textContent).toContain("partial · 1 error");
  await press("Sign in again with transactions");
  await waitFor(() => expect(application.signIns).toHaveLength(1));
  expect(application.connection({ slug: "sandbox" }).scopes).toEqual(["openid", "accounts", "transactions"]);
  application.signIns[0]?.succeed();
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("AccountBalances"));
  await press(/^Run/);
  await waitFor(() => expect(calls(application, "query_run")).toHaveLength(2));
  expect(calls(application, "query_run")[1]?.args.request).toMatchObject({ session: "session-2" });
});

test("a reply that is not JSON is shown as it came", async () => {
  await atQuery({ sessions: [thandi()], answer: "text" });
  await press(/^Run/);
  await waitFor(async () => expect((await region()).dataset.status).toBe("502"));
  expect((await region()).textContent).toContain("not JSON · text/html");
  expect((await text("Response body")).textContent).toContain("502 Bad Gateway");
});

test("a query runs with the live session unless another was chosen, and the choice is remembered", async () => {
  const sessions = [thandi(-60_000), session("lerato", "Lerato Dube", "sandbox")];
  const application = await atQuery({ sessions });
  expect((await screen.findByRole("combobox", { name: "Session" })).textContent).toContain("Lerato Dube");
  await user.click(screen.getByRole("combobox", { name: "Session" }));
  await user.click(await screen.findByRole("option", { name: /Thandi Nkosi/ }));
  await open(application);
  await goTo("AccountBalances");
  expect((await screen.findByRole("combobox", { name: "Session" })).textContent).toContain("Thandi Nkosi");
});

test("of several operations one is picked", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Transactions by account");
  await press("Operation");
  await user.click(await screen.findByRole("menuitem", { name: "query B" }));
  await press(/^Run/);
  await waitFor(() => expect(calls(application, "query_run")).toHaveLength(1));
  expect(calls(application, "query_run")[0]?.args.request).toMatchObject({ operationName: "B" });
});

test("an operation runs only while the cursor is in it; otherwise one is asked for", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Transactions by account");
  const editor = await text("GraphQL document");
  const content = EditorView.findFromDOM(editor) as EditorView;
  const put = (at: number) => content.dispatch({ selection: { anchor: at } });
  const document = "query A { __typename }\nmutation B { pay }\n\n";
  content.dispatch({ changes: { from: 0, to: content.state.doc.length, insert: document } });
  put(document.length);
  editor.focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  const first = await screen.findByRole("menuitem", { name: "query A" });
  expect(calls(application, "query_run"), "what stands above the cursor does not run").toHaveLength(0);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("menuitem", { name: "query A" })).toBeNull();
  await press("Operation");
  await user.click(await screen.findByRole("menuitem", { name: "mutation B" }));
  expect(calls(application, "query_run"), "picking alone runs nothing").toHaveLength(0);
  put(4);
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(calls(application, "query_run")).toHaveLength(1));
  expect(calls(application, "query_run")[0]?.args.request).toMatchObject({ operationName: "A" });
  put(document.length);
  await waitFor(async () => expect((await button(/^Run/)).hasAttribute("disabled")).toBe(false));
  await press(/^Run/);
  await user.click(await screen.findByRole("menuitem", { name: "mutation B" }));
  await waitFor(() => expect(calls(application, "query_run")).toHaveLength(2));
  expect(first).toBeTruthy();
});

test("without a session Ctrl Enter signs in, and presses no button that has the focus", async () => {
  const application = await atQuery({ signIn: "wait" });
  (await button("New query")).focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(calls(application, "sign_in_start")).toHaveLength(1));
  await press("PKCE pair checker");
  (await button("New query")).focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(screen.queryByRole("textbox", { name: "Name" })).toBeNull();
});

test("a new query has its operation in PascalCase and its first field selected, and a name only once", async () => {
  const application = await open({ sessions: [thandi()] });
  await press("New query");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Refund status");
  await press("Create");
  await arrive("Refund status");
  const editor = await text("GraphQL document");
  await waitFor(() => expect(document.activeElement).toBe(editor));
  const { state } = EditorView.findFromDOM(editor) as EditorView;
  expect(state.doc.toString()).toMatch(/^query RefundStatus \{/);
  expect(state.sliceDoc(state.selection.main.from, state.selection.main.to)).toBe("__typename");
  await press("New query");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "refund Status");
  expect(await screen.findByText("A query with this name already exists.")).toBeTruthy();
  await user.keyboard("{Enter}");
  expect(await button("Create")).toHaveProperty("disabled", true);
  expect(calls(application, "query_create")).toHaveLength(1);
});

test("without a session the pane teaches what to do first", async () => {
  await atQuery({});
  expect((await region()).textContent).toMatch(/through\s+Sandbox\s+LOCAL/);
  expect(within(await region()).getByRole("button", { name: "Sign in with browser" })).toBeTruthy();
});

test("without a session a connection that cannot be read is not offered for the sign-in", async () => {
  const application = new Application({});
  const { overview } = application;
  application.overview = () => {
    const all = overview.call(application);
    const broken = (slug: string) => (slug === "sandbox" ? "not TOML" : null);
    return { ...all, connections: all.connections.map((one) => ({ ...one, broken: broken(one.slug) })) };
  };
  await atQuery(application);
  expect((await region()).textContent).toMatch(/through\s+Stitch\s+TEST/);
  await user.click(within(await region()).getByRole("button", { name: "Sign in with browser" }));
  await waitFor(() =>
    expect(calls(application, "sign_in_start")[0]?.args).toMatchObject({ connection: "stitch-test" }),
  );
});

test("queries are made, renamed, duplicated, deleted and brought back", async () => {
  const application = await open({ sessions: [thandi()] });
  await press("New query");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Balances today");
  await press("Create");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Balances today"));
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Rename or move…" }));
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "Balances now");
  await press("Rename");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Balances now"));
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Duplicate" }));
  await waitFor(() =>
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Balances now copy"),
  );
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the query" }));
  await waitFor(() =>
    expect(application.queries.some((query) => query.name === "Balances now copy")).toBe(false),
  );
  await press("Undo");
  expect(await button("Balances now copy")).toBeTruthy();
});

test("a query that was deleted comes back as the file was, with what was typed as its draft", async () => {
  const application = await atQuery();
  const saved = application.query({ path }).document;
  await typeIn("GraphQL document", "# mine\n");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the query" }));
  await waitFor(() => expect(application.queries.some((query) => query.path === path)).toBe(false));
  await press("Undo");
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
  expect(application.query({ path }).document).toBe(saved);
});

test("a rename saves nothing unasked and takes what was typed along", async () => {
  const application = await atQuery();
  const saved = application.query({ path }).document;
  await typeIn("GraphQL document", "# mine\n");
  await user.keyboard("{F2}");
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, "Mine");
  await press("Rename");
  await waitFor(() => expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Mine"));
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
  expect(application.queries.find((query) => query.name === "Mine")?.document).toBe(saved);
  expect(calls(application, "query_save")).toHaveLength(0);
});

test("a response says whose it is and of when, and that it is an earlier one once anything differs", async () => {
  await atQuery({ sessions: [thandi(), session("lerato", "Lerato Dube", "sandbox", 5 * MINUTE)] });
  const choose = async (name: RegExp) => {
    await user.click(screen.getByRole("combobox", { name: "Session" }));
    await user.click(await screen.findByRole("option", { name }));
  };
  await choose(/Thandi/);
  await press(/^Run/);
  const summary = await screen.findByRole("group", { name: "Summary" });
  expect(summary.textContent).toMatch(/as Thandi Nkosi · \d\d:\d\d:\d\d/);
  expect(summary.textContent).not.toContain("from an earlier run");
  await choose(/Lerato/);
  await waitFor(() => expect(summary.textContent).toContain("from an earlier run"));
  expect(summary.textContent).toContain("as Thandi Nkosi");
  await choose(/Thandi/);
  await waitFor(() => expect(summary.textContent).not.toContain("from an earlier run"));
  await typeIn("Variables", " ");
  await waitFor(() => expect(summary.textContent).toContain("from an earlier run"));
});

test("the same error at several places is one card, which names the places in its details", async () => {
  const application = await atQuery({ sessions: [thandi()] });
  const reply = respond("partial");
  const [first] = reply.errors;
  const places = [0, 1, 2, 3].map((index) => `user.bankAccounts[${index}].transactions`);
  const other = { ...first, line: 3, path: "user.name" };
  application.query_run = () =>
    ({ ...reply, errors: [...places.map((path) => ({ ...first, path })), other] }) as never;
  await press(/^Run/);
  const cards = await within(await region()).findAllByRole("alert");
  expect(cards).toHaveLength(2);
  expect(cards[0]?.textContent).toContain("line 10, column 9 · 4 places");
  for (const place of places) expect(cards[0]?.querySelector("pre")?.textContent).toContain(place);
  expect(cards[1]?.textContent).toContain("user.name · FORBIDDEN · line 3, column 9");
  expect((await region()).textContent).toContain("partial · 5 errors");
});

test("errors beyond those that are told are counted", async () => {
  const application = await atQuery({ sessions: [thandi()] });
  application.query_run = () => ({ ...respond("partial"), errorsLeftOut: 150 }) as never;
  await press(/^Run/);
  await within(await region()).findByText("And 150 more in the body below.");
  expect((await region()).textContent).toContain("partial · 151 errors");
});

test("a refused token with a refresh token leads to its refresh, and to a new sign-in after that", async () => {
  await atQuery({ sessions: [thandi()], answer: "401" });
  await press(/^Run/);
  const card = await within(await region()).findByRole("alert");
  await within(card).findByRole("button", { name: "Refresh…" });
  const names = within(card)
    .getAllByRole("button")
    .map(({ textContent }) => textContent.trim());
  expect(names.slice(0, 2)).toEqual(["Refresh…", "Sign in again"]);
  await user.click(within(card).getByRole("button", { name: "Refresh…" }));
  expect(await screen.findByRole("region", { name: "Refresh this session" })).toBeTruthy();
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi");
});

test("a refused token without a refresh token leads to a new sign-in", async () => {
  await atQuery({ sessions: [{ ...thandi(), refresh: null }], answer: "401" });
  await press(/^Run/);
  const card = await within(await region()).findByRole("alert");
  expect((await within(card).findByRole("button", { name: "Sign in again" })).className).toContain("primary");
  expect(within(card).queryByRole("button", { name: "Refresh…" })).toBeNull();
});

test("a query is run for somebody, unless a client token is chosen, which then gives way to no user", async () => {
  const client = clientSession("c", "sandbox");
  const application = await open({ sessions: [thandi(), client], answer: "401" });
  await goTo("AccountBalances");
  const picker = await screen.findByRole("combobox", { name: "Session" });
  expect(picker.textContent).toContain("Thandi Nkosi");
  await user.click(picker);
  await user.click(await screen.findByRole("option", { name: /Client token.*Sandbox · client token/s }));
  if (client.access) client.access.expiresAt = Date.now() - 1000;
  await application.changed({ what: "overview" });
  await press(/^Run/);
  await press("Get a fresh one");
  await waitFor(() =>
    expect(calls(application, "client_token")[0]?.args).toEqual({ connection: "sandbox", fresh: true }),
  );
  expect((await screen.findByRole("combobox", { name: "Session" })).textContent).toContain("Client token");
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("AccountBalances");
});

test("a scope that a client token lacks is added to the client's scopes, and a new token is got", async () => {
  const application = await open({ sessions: [clientSession("c", "sandbox")], answer: "partial" });
  await goTo("AccountBalances");
  await press(/^Run/);
  await press("Get a client token with transactions");
  await waitFor(() => expect(calls(application, "client_token")).toHaveLength(1));
  const view = application.connection({ slug: "sandbox" });
  expect(view.clientTokens?.scopes).toEqual(["client_paymentrequest", "transactions"]);
  expect(view.scopes).toContain("transactions");
});
