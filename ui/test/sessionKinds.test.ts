import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { clientSession } from "../src/dev/samples";
import { arrive, button, calls, goTo, MINUTE, open, press, thandi, user } from "./page";

const tiles = () => screen.getAllByRole("group").map((tile) => tile.getAttribute("aria-label"));

test("a client token shows its access token alone, and is replaced by a fresh one", async () => {
  const application = await open({ sessions: [clientSession("c", "sandbox")] });
  const view = application.connection({ slug: "sandbox" });
  if (view.clientTokens) view.clientTokens.session = "c";
  await goTo("Client token");
  await screen.findByRole("group", { name: "Access token" });
  expect(tiles()).toEqual(["Access token"]);
  expect(screen.queryByRole("button", { name: "Refresh…" })).toBeNull();
  await press("Get a fresh one");
  await waitFor(() =>
    expect(calls(application, "client_token")[0]?.args).toEqual({ connection: "sandbox", fresh: true }),
  );
});

test("a fresh token that is refused says why where the old one stands", async () => {
  const application = await open({ sessions: [clientSession("c", "sandbox", -MINUTE)] });
  application.failures.set("client_token", {
    code: "token_invalid_client",
    message: "The provider does not accept this client.",
    hint: null,
    detail: null,
  });
  await goTo("Client token");
  expect((await button("Get a fresh one")).classList).toContain("primary");
  await press("Get a fresh one");
  expect((await screen.findByRole("alert")).dataset.code).toBe("token_invalid_client");
});

test("a session without an access token asks for a refresh and offers nothing to copy", async () => {
  const bare = { ...thandi(), access: null, idToken: null };
  await open({ sessions: [bare] });
  await goTo("Thandi Nkosi");
  const tile = await screen.findByRole("group", { name: "Access token" });
  expect(tile.textContent).toMatch(/none yet.*refresh to get one/s);
  expect(screen.queryByRole("button", { name: "Copy access token" })).toBeNull();
  expect((await button("Refresh…")).classList).toContain("primary");
});

test("pasted tokens say so and cannot be signed in again", async () => {
  await open({ sessions: [{ ...thandi(-MINUTE), kind: "manual", idToken: null, refresh: null }] });
  await goTo("Thandi Nkosi");
  expect(await screen.findByText("Pasted")).toBeTruthy();
  await press("Start again");
  expect((await screen.findByRole("heading", { level: 1 })).textContent).toBe("Sandbox");
});

test("what was only skipped is neither right nor wrong, and what failed is wrong", async () => {
  const pasted = (id: string, outcome: "skipped" | "failed") => {
    const made = { ...thandi(), id, label: id, kind: "manual" as const, refresh: null };
    if (made.idToken) {
      const checks = made.idToken.checks.map((check, index) => (index === 0 ? { ...check, outcome } : check));
      made.idToken = { ...made.idToken, verified: false, checks };
    }
    return made;
  };
  await open({ sessions: [pasted("Skipped", "skipped"), pasted("Failed", "failed")] });
  for (const [name, bad] of [
    ["Skipped", false],
    ["Failed", true],
  ] as const) {
    await goTo(name);
    const checks = await screen.findByRole("region", { name: "Checks" });
    expect(
      within(checks)
        .getByText(/passed ·/)
        .classList.contains("bad"),
    ).toBe(bad);
    expect(
      within(checks)
        .getByText(/passed ·/)
        .classList.contains("ok"),
    ).toBe(false);
    const tile = screen.getByRole("group", { name: "ID token" });
    expect(
      within(tile)
        .getByText(/not verified/)
        .classList.contains("bad"),
    ).toBe(bad);
  }
});

test("a refresh token that is refused says what brings another one", async () => {
  const refused = (connection: string) => {
    const made = { ...thandi(-MINUTE), connection, scopesRequested: [] };
    if (made.refresh) made.refresh = { ...made.refresh, state: "rejected" };
    return made;
  };
  const application = await open({ sessions: [refused("sandbox")] });
  await goTo("Thandi Nkosi");
  const tile = () => screen.findByRole("group", { name: "Refresh token" });
  expect((await tile()).textContent).toContain("refused: sign in again");
  const vault = application.connection_create({ preset: "vault", name: "Vault" });
  application.sessions = [{ ...refused(vault.slug), id: "v", label: "Vault tokens" }];
  await application.changed({ what: "overview" });
  await goTo("Vault tokens");
  await waitFor(async () => expect((await tile()).textContent).toContain("refused: start again"));
});

test("user info is a table of claims, which Escape closes", async () => {
  await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  const opener = await button("User info");
  await user.click(opener);
  const table = await screen.findByRole("table", { name: "User info" });
  expect(within(table).getByRole("row", { name: /email.*E-mail address/ })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("table", { name: "User info" })).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("introspection says whether a token is active, for the access and the refresh token", async () => {
  const application = await open({ sessions: [thandi(-MINUTE)] });
  await goTo("Thandi Nkosi");
  await press("Introspect");
  const panel = await screen.findByRole("region", { name: "Introspection" });
  expect(await within(panel).findByText("not active")).toBeTruthy();
  await user.click(within(panel).getByRole("radio", { name: "Refresh token" }));
  expect(await within(panel).findByText("active")).toBeTruthy();
  expect(calls(application, "session_introspect").map(({ args }) => args.secret)).toEqual([
    "access_token",
    "refresh_token",
  ]);
});

test("a question that the provider refuses is a card", async () => {
  const application = await open({ sessions: [thandi()] });
  application.failures.set("session_userinfo", {
    code: "userinfo_sub_mismatch",
    message: "The userinfo is about somebody else.",
    hint: null,
    detail: null,
  });
  await goTo("Thandi Nkosi");
  await press("User info");
  expect((await screen.findByRole("alert")).dataset.code).toBe("userinfo_sub_mismatch");
});

test("a public client cannot introspect, and the button says why", async () => {
  const session = thandi();
  session.abilities = { ...session.abilities, publicClient: true };
  await open({ sessions: [session] });
  await goTo("Thandi Nkosi");
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: /^Introspect/ });
  expect(button.disabled).toBe(true);
  expect(button.title).toMatch(/public client|authenticat/);
});

test("signing out at the provider keeps the session, and is offered only where there is a page for it", async () => {
  const without = thandi();
  without.abilities = {
    userinfo: false,
    introspection: false,
    revocation: false,
    endSession: false,
    publicClient: false,
  };
  const application = await open({ sessions: [thandi(), { ...without, id: "x", label: "Lerato" }] });
  await goTo("Thandi Nkosi");
  await press("Sign out at provider");
  await waitFor(() => expect(calls(application, "session_sign_out")).toHaveLength(1));
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi");
  await goTo("Lerato");
  await screen.findByRole("group", { name: "Access token" });
  expect(screen.queryByRole("region", { name: "At the provider" })).toBeNull();
  await press("More actions");
  expect(screen.queryByRole("menuitem", { name: /Revoke|Sign out/ })).toBeNull();
});

test("a refresh without a response can be sent again, or the session deleted and brought back", async () => {
  const session = thandi();
  if (session.refresh) session.refresh.state = "possibly_consumed";
  const application = await open({ sessions: [session] });
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  const panel = await screen.findByRole("region", { name: "Refresh this session" });
  expect(within(panel).getAllByRole("listitem")).toHaveLength(3);
  expect(within(panel).getByRole("button", { name: "Send once more" }).classList).not.toContain("primary");
  const signIn = within(panel).getByRole("button", { name: "Sign in again" });
  expect(document.activeElement, "Enter sends no token that may be used up").toBe(signIn);
  expect(signIn.classList).toContain("primary");
  await user.click(within(panel).getByRole("button", { name: "Delete session" }));
  await waitFor(() => expect(calls(application, "session_delete")).toHaveLength(1));
  await press("Undo");
  await arrive("Thandi Nkosi");
});

test("a session that is deleted during its refresh says what it waits for, and is refreshed by no key", async () => {
  const session = thandi();
  if (session.refresh) session.refresh.state = "in_flight";
  const application = await open({ sessions: [session] });
  let end: (() => void) | undefined;
  Object.assign(application, { session_delete: () => new Promise<void>((done) => (end = done)) });
  await goTo("Thandi Nkosi");
  await user.keyboard("{Control>}r{/Control}");
  expect(screen.queryByRole("region", { name: "Refresh this session" })).toBeNull();
  await press("More actions");
  await user.click(await screen.findByRole("menuitem", { name: /Delete session/ }));
  await screen.findByText("Deleting this session when its refresh has ended…");
  application.sessions = [];
  end?.();
  await arrive("Sandbox");
});

test("a session that is gone already counts as deleted", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  application.failures.set("session_delete", {
    code: "session_unknown",
    message: "Gone.",
    hint: null,
    detail: null,
  });
  await press("More actions");
  await user.click(await screen.findByRole("menuitem", { name: /Delete session/ }));
  await arrive("Sandbox");
  expect(screen.queryByText("Gone.")).toBeNull();
});

test("a session that is gone offers a sign-in only with the connection that it came from", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  application.failures.set("session", {
    code: "session_unknown",
    message: "Gone.",
    hint: null,
    detail: null,
  });
  await goTo("Sandbox");
  const things = screen.getByRole("navigation", { name: "Things" });
  await user.click(within(things).getByRole("button", { name: "Thandi Nkosi" }));
  await screen.findByText("Gone.");
  expect(screen.queryByRole("button", { name: "Sign in again" })).toBeNull();
});

test("a refresh keeps all scopes, or those that stay ticked", async () => {
  const application = await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  expect(await screen.findByText("Scopes: keeps all")).toBeTruthy();
  await user.click(screen.getByRole("checkbox", { name: "balances" }));
  expect(await screen.findByText("Scopes: narrows to 3 of 4")).toBeTruthy();
  await press("Refresh now");
  await waitFor(() =>
    expect(calls(application, "session_refresh")[0]?.args.scopes).toEqual([
      "openid",
      "accounts",
      "offline_access",
    ]),
  );
});

test("a clock that goes wrong is said beside the times that it matters to", async () => {
  await open({ sessions: [{ ...thandi(), clockAheadMs: -4200 }] });
  await goTo("Thandi Nkosi");
  expect(
    await screen.findByText(/The provider's clock is 4 s\s+behind this computer's; its times/),
  ).toBeTruthy();
});

test("a clock that is too far off is said not to be followed", async () => {
  await open({ sessions: [{ ...thandi(), clockOffMs: 7_200_000 }] });
  await goTo("Thandi Nkosi");
  expect(await screen.findByText(/2 h\s+ahead of this computer's; that is too far/)).toBeTruthy();
});
