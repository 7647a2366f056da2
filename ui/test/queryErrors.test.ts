import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { MINUTE, arrive, press, user } from "./page";
import { addQuery, answered, atQuery, picker, run, runAs, runs } from "./query";
import type { World } from "./world";

const card = (pane: HTMLElement) => within(pane).getByRole("alert");

/** Signs somebody in whose access token the sandbox refuses from now on. */
async function refused(world: World, scopes?: string[]): Promise<void> {
  const { id } = await world.signIn(scopes ? { scopes } : {});
  await world.revokeAccess(id);
}

test("a missing scope offers to sign in with it, and comes back to the query with the new session", async () => {
  const world = await atQuery((world) => world.signIn(), "Account holders");
  const { scopes } = await world.connection();
  expect((await run()).textContent).toContain("partial · 4 errors");
  await press("Sign in again with accountholders");
  await screen.findByText(/waiting for the browser/);
  expect((await world.connection()).scopes).toEqual([...scopes, "accountholders"]);
  await world.comesBack();
  await arrive("Account holders");
  // What the first run answered is there until the next one is sent.
  await press(/^Run/);
  await waitFor(() => expect(runs(world)).toHaveLength(2));
  expect(within(await answered(200)).queryByRole("alert")).toBeNull();
  const [first, second] = runs(world);
  expect(second?.session).not.toBe(first?.session);
});

test("the same error at several places is one card, which names the places in its details", async () => {
  const document = `query Mixed {
  user {
    ... on User {
      bankAccounts {
        accountHolder { __typename }
      }
    }
  }
  node(id: "of nothing") { id }
}
`;
  await atQuery(async (world) => {
    await world.signIn();
    await addQuery(world, "Mixed", document);
  }, "Mixed");
  const pane = await run();
  expect(pane.textContent).toContain("partial · 5 errors");
  const cards = within(pane).getAllByRole("alert");
  expect(cards).toHaveLength(2);
  const [same, other] = ["graphql_missing_scope", "graphql_error"].map((code) =>
    cards.find(({ dataset }) => dataset.code === code),
  );
  expect(same?.textContent).toContain("FORBIDDEN · line 5, column 9 · 4 places");
  for (const index of [0, 1, 2, 3])
    expect(same?.querySelector("pre")?.textContent).toContain(`user.bankAccounts[${index}].accountHolder`);
  expect(other?.textContent).toContain("node · BAD_USER_INPUT · line 9, column 3");
});

test("errors beyond those that are told are counted", async () => {
  const document = `query Many {
  user { ... on User { bankAccounts { transactions(first: 60) { edges { node { runningBalance } } } } } }
}
`;
  await atQuery(async (world) => {
    await world.signIn({ scopes: ["openid", "accounts", "transactions"] });
    await addQuery(world, "Many", document);
  }, "Many");
  const pane = await run();
  expect(pane.textContent).toContain("partial · 240 errors");
  expect(within(pane).getByText("And 140 more in the body below.")).toBeTruthy();
});

test("a refused token with a refresh token leads to its refresh, and to a new sign-in after that", async () => {
  await atQuery(refused);
  const refusal = within(card(await run(401)));
  const refresh = await refusal.findByRole("button", { name: "Refresh…" });
  const names = refusal.getAllByRole("button").map(({ textContent }) => textContent.trim());
  expect(names.slice(0, 2)).toEqual(["Refresh…", "Sign in again"]);
  await user.click(refresh);
  expect(await screen.findByRole("region", { name: "Refresh this session" })).toBeTruthy();
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Thandi Nkosi");
});

test("a refused token without a refresh token leads to a new sign-in", async () => {
  await atQuery((world) => refused(world, ["openid", "accounts", "balances"]));
  const refusal = within(card(await run(401)));
  const again = await refusal.findByRole("button", { name: "Sign in again" });
  expect(again.className).toContain("primary");
  expect(refusal.queryByRole("button", { name: "Refresh…" })).toBeNull();
});

test("a query is run for somebody, unless a client token is chosen, which then gives way to no user", async () => {
  let client = "";
  const world = await atQuery(async (world) => {
    await world.becomeConfidential();
    // Nobody knows when this one's token expires, so it is there when the client's has.
    await world.faults("token-expires-in-missing");
    await world.signIn();
    await world.faults();
    client = await world.call<string>("client_token", { connection: "sandbox", fresh: true });
  });
  const shown = await picker();
  expect(shown.textContent).toContain("Thandi Nkosi");
  await runAs(/Client token.*Sandbox · client token/s);
  await world.later(61 * MINUTE);
  await waitFor(() => expect(shown.textContent).toContain("expired"));
  expect(shown.textContent).toContain("Client token");
  // The engine gets another token by itself; that is the one which the sandbox refuses then.
  await run();
  const token = () => world.call<string>("session_reveal", { id: client, secret: "access_token" });
  const revoked = await token();
  await world.revokeAccess(client);
  await run(401);
  await press("Get a fresh one");
  await waitFor(async () => expect(await token()).not.toBe(revoked));
  expect(world.sentAs("client_token")).toEqual([{ connection: "sandbox", fresh: true }]);
  await run();
  expect(runs(world).map(({ session }) => session)).toEqual([client, client, client]);
  expect(shown.textContent).toContain("Client token");
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("AccountBalances");
});

test("a scope that a client token lacks is added to the client's scopes, and a new token is got", async () => {
  const document = `query Verify {
  client {
    verifyBankAccountDetails(
      input: {
        accountNumber: "62425239471"
        bankId: fnb
        accountHolder: {
          individual: { identifyingDocument: { identityDocument: { number: "8806125555084", country: "ZA" } } }
        }
      }
    ) {
      accountOpen
    }
  }
}
`;
  const world = await atQuery(async (world) => {
    await world.becomeConfidential();
    await world.call("client_token", { connection: "sandbox", fresh: false });
    await addQuery(world, "Verify", document);
  }, "Verify");
  const { scopes } = await world.connection();
  await runAs(/Client token/);
  await run();
  await press("Get a client token with client_bankaccountverification");
  await screen.findByText("from an earlier run");
  expect(world.sentAs("client_token")).toHaveLength(1);
  const view = await world.connection();
  expect(view.clientTokens?.scopes).toEqual(["client_paymentrequest", "client_bankaccountverification"]);
  expect(view.scopes).toEqual(scopes);
  // What the first run answered is there until the next one is sent.
  await press(/^Run/);
  await waitFor(() => expect(runs(world)).toHaveLength(2));
  expect(within(await answered(200)).queryByRole("alert")).toBeNull();
  expect(runs(world)[1]?.session).toBe(view.clientTokens?.session);
});
