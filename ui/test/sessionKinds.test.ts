import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { SessionView } from "../src/ipc/generated";
import { arrive, button, goTo, MINUTE, openWorld, press, user } from "./page";
import { serve } from "./server";
import type { World } from "./world";

const tiles = () => screen.getAllByRole("group").map((tile) => tile.getAttribute("aria-label"));

async function clientToken(world: World): Promise<void> {
  await world.becomeConfidential();
  await world.call("client_token", { connection: "sandbox", fresh: false });
}

const create = (world: World, preset: string, name: string) =>
  world.call<string>("connection_create", { preset, name });

/** A session from a pasted token reply. */
async function paste(world: World, label: string, reply: object, connection = "sandbox"): Promise<string> {
  const text = JSON.stringify({ token_type: "Bearer", ...reply });
  const id = await world.call<string>("session_from_reply", { connection, text });
  await world.call("session_rename", { id, label });
  return id;
}

const sessionOf = (world: World, id: string) => world.call<SessionView>("session", { id });

const reveal = (world: World, { id }: SessionView, secret: string) =>
  world.call<string>("session_reveal", { id, secret });

/** A JWT with these claims, which nobody has signed. */
function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part(claims)}.${part({})}`;
}

/** Points the token endpoint to a server that answers once what this gives is called. */
async function slowTokenEndpoint(world: World): Promise<() => void> {
  let answer = () => {};
  const told = new Promise<void>((done) => (answer = done));
  const url = await serve((_, response) => void told.then(() => response.writeHead(503).end()));
  await world.save({ endpoints: [{ kind: "token", url: `${url}/connect/token` }] });
  return answer;
}

test("a client token shows its access token alone, and is replaced by a fresh one", async () => {
  const world = await openWorld(clientToken);
  await goTo("Client token");
  await screen.findByRole("group", { name: "Access token" });
  expect(tiles()).toEqual(["Access token"]);
  expect(screen.queryByRole("button", { name: "Refresh…" })).toBeNull();
  const [session] = (await world.overview()).connections.flatMap(({ sessions }) => sessions);
  const { access } = await sessionOf(world, session?.id ?? "");
  const old = access?.masked ?? "";
  expect(await screen.findByText(old)).toBeTruthy();
  await press("Get a fresh one");
  await waitFor(() => expect(screen.queryByText(old)).toBeNull());
  expect(world.sentAs("client_token")).toEqual([{ connection: "sandbox", fresh: true }]);
});

test("a fresh token that is refused says why where the old one stands", async () => {
  await openWorld(async (world) => {
    await clientToken(world);
    await world.later(61 * MINUTE);
    await world.faults("token-invalid-client");
  });
  await goTo("Client token");
  expect((await button("Get a fresh one")).classList).toContain("primary");
  await press("Get a fresh one");
  expect((await screen.findByRole("alert")).dataset.code).toBe("token_invalid_client");
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Client token");
});

test("a session without an access token asks for a refresh and offers nothing to copy", async () => {
  await openWorld(async (world) => {
    await world.faults("token-duplicate-member");
    const { id } = await world.signIn();
    await world.call("session_rename", { id, label: "Refresh token only" });
  });
  await goTo("Refresh token only");
  const tile = await screen.findByRole("group", { name: "Access token" });
  expect(tile.textContent).toMatch(/none yet.*refresh to get one/s);
  expect(screen.queryByRole("button", { name: "Copy access token" })).toBeNull();
  expect((await button("Refresh…")).classList).toContain("primary");
});

test("pasted tokens say so and cannot be signed in again", async () => {
  await openWorld((world) => {
    const exp = Math.floor((Date.now() - MINUTE) / 1000);
    return paste(world, "From a colleague", { access_token: unsigned({ exp }) });
  });
  await goTo("From a colleague");
  expect(await screen.findByText("Pasted")).toBeTruthy();
  expect((await button("Start again")).classList).toContain("primary");
  await press("Start again");
  await arrive("Sandbox");
});

test("what was only skipped is neither right nor wrong, and what failed is wrong", async () => {
  await openWorld(async (world) => {
    const session = await world.signIn();
    const id_token = await reveal(world, session, "id_token");
    const access_token = await reveal(world, session, "access_token");
    // Nothing is known of a provider there: neither its issuer nor its keys.
    const tokens = await create(world, "tokens", "Inspecting only");
    await paste(world, "Skipped", { access_token, id_token }, tokens);
    await paste(world, "Failed", { access_token: "another", id_token });
  });
  for (const [name, bad] of [
    ["Skipped", false],
    ["Failed", true],
  ] as const) {
    await goTo(name);
    const checks = await screen.findByRole("region", { name: "Checks" });
    const tally = within(checks).getByText(/passed ·/).classList;
    expect(tally.contains("bad")).toBe(bad);
    expect(tally.contains("ok")).toBe(false);
    const tile = screen.getByRole("group", { name: "ID token" });
    expect(
      within(tile)
        .getByText(/not verified/)
        .classList.contains("bad"),
    ).toBe(bad);
  }
});

test("a refresh token that is refused says what brings another one", async () => {
  await openWorld(async (world) => {
    const { id } = await world.signIn();
    await world.faults("refresh-invalid-grant");
    await world.refusal("session_refresh", { id, generation: 1, scopes: null });
    const vault = await vaultSession(world);
    await spend(world, vault);
    await world.refusal("session_refresh", { id: vault.id, generation: 2, scopes: null });
    await world.call("session_rename", { id: vault.id, label: "Vault tokens" });
  });
  const tile = () => screen.findByRole("group", { name: "Refresh token" });
  await goTo("Thandi Nkosi");
  await waitFor(async () => expect((await tile()).textContent).toContain("refused: sign in again"));
  await goTo("Vault tokens");
  await waitFor(async () => expect((await tile()).textContent).toContain("refused: start again"));
});

const VAULT_TOKENS = "/v2.0/reference/gettoken";

/** A session with a connection as to Vault, at the sandbox. */
async function vaultSession(world: World): Promise<SessionView> {
  const { origin } = new URL(await world.endpoint("token"));
  const connection = await create(world, "vault", "Vault");
  await world.save({ endpoints: [{ kind: "token", url: origin + VAULT_TOKENS }] }, connection);
  const reply = await fetch(`${origin}/sandbox/vault-refresh-token`, { method: "POST" });
  const { refresh_token: token } = (await reply.json()) as { refresh_token: string };
  return sessionOf(world, await world.call("session_from_refresh_token", { connection, token }));
}

/** Somebody else uses the session's refresh token at the Vault of the sandbox. */
async function spend(world: World, session: SessionView): Promise<void> {
  const refresh_token = await reveal(world, session, "refresh_token");
  const reply = await fetch(await world.endpoint("token", session.connection), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "refresh_token", refresh_token }),
  });
  expect(reply.status).toBe(200);
}

test("user info is a table of claims, which Escape closes", async () => {
  await openWorld((world) => world.signIn());
  await goTo("Thandi Nkosi");
  const opener = await button("User info");
  await user.click(opener);
  const table = await screen.findByRole("table", { name: "User info" });
  expect(within(table).getByRole("row", { name: /given_name.*Thandi.*First name/ })).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("table", { name: "User info" })).toBeNull();
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("introspection says whether a token is active, for the access and the refresh token", async () => {
  const world = await openWorld(async (world) => {
    await world.becomeConfidential();
    const { id } = await world.signIn();
    await world.revokeAccess(id);
  });
  await goTo("Thandi Nkosi");
  await press("Introspect");
  const panel = await screen.findByRole("region", { name: "Introspection" });
  const status = within(panel).getByRole("status");
  expect(await within(status).findByText("not active")).toBeTruthy();
  await user.click(within(panel).getByRole("radio", { name: "Refresh token" }));
  expect(await within(status).findByText("active")).toBeTruthy();
  expect(world.sentAs("session_introspect").map(({ secret }) => secret)).toEqual([
    "access_token",
    "refresh_token",
  ]);
});

test("a question that the provider refuses is a card", async () => {
  const world = await openWorld((world) => world.signIn());
  await goTo("Thandi Nkosi");
  await world.faults("userinfo-sub-other");
  await press("User info");
  expect((await screen.findByRole("alert")).dataset.code).toBe("userinfo_sub_mismatch");
});

test("a public client cannot introspect, and the button says why", async () => {
  await openWorld((world) => world.signIn());
  await goTo("Thandi Nkosi");
  const introspect = await screen.findByRole<HTMLButtonElement>("button", { name: /^Introspect/ });
  expect(introspect.disabled).toBe(true);
  expect(introspect.title).toMatch(/public client|authenticat/);
});

test("signing out at the provider keeps the session, and is offered only where there is a page for it", async () => {
  const world = await openWorld(async (world) => {
    await world.signIn();
    const tokens = await create(world, "tokens", "Inspecting only");
    await paste(world, "Lerato", { access_token: "opaque" }, tokens);
  });
  await goTo("Thandi Nkosi");
  await press("Sign out at provider");
  await waitFor(async () => {
    const page = new URL((await world.seen()).opened.at(-1) ?? "");
    expect(page.origin + page.pathname).toBe(await world.endpoint("end_session"));
  });
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi");
  expect(screen.getByRole("region", { name: "At the provider" })).toBeTruthy();
  await goTo("Lerato");
  await screen.findByRole("group", { name: "Access token" });
  expect(screen.queryByRole("region", { name: "At the provider" })).toBeNull();
  await press("More actions");
  expect(await screen.findByRole("menuitem", { name: /Delete session/ })).toBeTruthy();
  expect(screen.queryByRole("menuitem", { name: /Revoke|Sign out/ })).toBeNull();
});

test("a refresh without a response can be sent again, or the session deleted and brought back", async () => {
  const world = await openWorld(async (world) => {
    const { id } = await world.signIn();
    await world.faults("token-500");
    await world.refusal("session_refresh", { id, generation: 1, scopes: null });
  });
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  const panel = await screen.findByRole("region", { name: "Refresh this session" });
  expect(within(panel).getAllByRole("listitem")).toHaveLength(3);
  expect(within(panel).getByRole("button", { name: "Send once more" }).classList).not.toContain("primary");
  const signIn = within(panel).getByRole("button", { name: "Sign in again" });
  expect(document.activeElement, "Enter sends no token that may be used up").toBe(signIn);
  expect(signIn.classList).toContain("primary");
  await user.click(within(panel).getByRole("button", { name: "Delete session" }));
  await arrive("Sandbox");
  expect(world.sentAs("session_delete")).toHaveLength(1);
  await press("Undo");
  await arrive("Thandi Nkosi");
});

test("a session that is deleted during its refresh says what it waits for, and is refreshed by no key", async () => {
  let answer = () => {};
  const world = await openWorld(async (world) => {
    const { id } = await world.signIn();
    answer = await slowTokenEndpoint(world);
    void world.refusal("session_refresh", { id, generation: 1, scopes: null });
  });
  await goTo("Thandi Nkosi");
  await button("Refreshing…");
  await user.keyboard("{Control>}r{/Control}");
  expect(screen.queryByRole("region", { name: "Refresh this session" })).toBeNull();
  expect(world.sentAs("session_refresh")).toHaveLength(0);
  await press("More actions");
  await user.click(await screen.findByRole("menuitem", { name: /Delete session/ }));
  await screen.findByText("Deleting this session when its refresh has ended…");
  answer();
  await arrive("Sandbox");
});

test("a session that is gone already counts as deleted", async () => {
  let id = "";
  const world = await openWorld(
    async (world) => (id = await paste(world, "Pasted", { access_token: "one" })),
  );
  await goTo("Pasted");
  await press("More actions");
  const remove = await screen.findByRole("menuitem", { name: /Delete session/ });
  // The page hears of it too late.
  const release = world.hold("overview");
  await world.call("session_delete", { id });
  await user.click(remove);
  await arrive("Sandbox");
  expect(world.sentAs("session_delete")).toEqual([{ id }]);
  release();
  await waitFor(() => expect(screen.queryByRole("button", { name: "Pasted" })).toBeNull());
  expect(screen.queryByRole("button", { name: "Undo" }), "this page has deleted nothing").toBeNull();
  expect(screen.queryByText("This session no longer exists.")).toBeNull();
});

test("a session that is gone offers a sign-in only with the connection that it came from", async () => {
  const ids: string[] = [];
  const world = await openWorld(async (world) => {
    const { id } = await world.signIn();
    ids.push(id, await paste(world, "Pasted", { access_token: "one" }));
  });
  await goTo("Sandbox");
  // The page hears of it too late.
  world.hold("overview");
  for (const id of ids) await world.call("session_delete", { id });
  const things = within(screen.getByRole("navigation", { name: "Things" }));
  await user.click(things.getByRole("button", { name: "Pasted" }));
  await screen.findByText("This session no longer exists.");
  expect(screen.queryByRole("button", { name: "Sign in again" })).toBeNull();
  await user.click(things.getByRole("button", { name: "Thandi Nkosi" }));
  expect(await button("Sign in again")).toBeTruthy();
});

test("a refresh keeps all scopes, or those that stay ticked", async () => {
  const world = await openWorld((world) => world.signIn());
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  expect(await screen.findByText("Scopes: keeps all")).toBeTruthy();
  await user.click(screen.getByRole("checkbox", { name: "balances" }));
  expect(await screen.findByText("Scopes: narrows to 4 of 5")).toBeTruthy();
  await press("Refresh now");
  const kept = ["openid", "accounts", "transactions", "offline_access"];
  await waitFor(() => expect(world.sentAs("session_refresh")[0]?.scopes).toEqual(kept));
});

test("a clock that goes wrong is said beside the times that it matters to", async () => {
  await openWorld(async (world) => {
    const { id } = await world.signIn();
    await world.later(9 * MINUTE);
    await world.call("session_userinfo", { id });
  });
  await goTo("Thandi Nkosi");
  expect(
    await screen.findByText(/The provider's clock is 54\d s\s+behind this computer's; its times/),
  ).toBeTruthy();
});

test("a clock that is too far off is said not to be followed", async () => {
  await openWorld(async (world) => {
    await world.signIn();
    await world.later(-120 * MINUTE);
  });
  await goTo("Thandi Nkosi");
  expect(await screen.findByText(/2 h\s+ahead of this computer's; that is too far/)).toBeTruthy();
});
