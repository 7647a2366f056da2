import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { inOrder, meaning } from "../src/words/claims";
import { arrive, button, goTo, MINUTE, openWorld, press, user } from "./page";
import type { Decision, World } from "./world";

interface Start extends Decision {
  /** How long ago the person has signed in. */
  ago?: number;
  /** What else has happened since, before the page opens. */
  since?: (world: World, id: string) => Promise<unknown>;
}

/** Opens the page at the session of a person who has signed in at the sandbox. */
async function openSession({ ago = 0, since, ...decision }: Start = {}): Promise<World> {
  const world = await openWorld(async (world) => {
    const { id } = await world.signIn(decision);
    await since?.(world, id);
    if (ago) await world.later(ago);
  });
  await goTo("Thandi Nkosi");
  return world;
}

/** The id of the session that the page is at. */
const idOf = (world: World) => world.sentAs("session").at(-1)?.id;

const tile = (name: string) => screen.findByRole("group", { name });

test.each([
  [14.5 * MINUTE, "fresh", /^14:/],
  [2.5 * MINUTE, "low", /^2:/],
  [25_000, "last", /^0:/],
  [-3.5 * MINUTE, "expired", /^Expired$/],
])("with %d ms left the access token's tile is %s", async (left, urgency, words) => {
  await openSession({ ago: 15 * MINUTE - left });
  expect((await tile("Access token")).dataset.urgency).toBe(urgency);
  expect(
    within(await tile("Access token"))
      .getByRole("timer")
      .textContent.trim(),
  ).toMatch(words);
});

test("claims are a table of claim, value and meaning, and times say how long ago", async () => {
  await openSession({ ago: MINUTE / 2 });
  const table = await screen.findByRole("table", { name: "ID token claims" });
  expect(within(table).getByRole("row", { name: /amr.*Signed in by password/ })).toBeTruthy();
  expect(within(table).getByRole("row", { name: /iat.*Issued \d\d s ago/ })).toBeTruthy();
});

test("claims keep their order and one line each; a long value keeps its end and opens by its button", async () => {
  const claim = (name: string, value: string, meaning = "", time: number | null = null) => ({
    name,
    value,
    meaning,
    time,
  });
  const since = Date.now() - 10_500;
  expect(meaning(claim("nbf", "1", "Not valid before", since), Date.now())).toMatch(/^Valid since 10 s · /);
  const mixed = ["exp", "zone", "sub", "nbf", "auth_time", "iss"].map((name) => claim(name, "1"));
  expect(inOrder(mixed).map(({ name }) => name)).toEqual(["sub", "iss", "exp", "auth_time", "zone", "nbf"]);

  await openSession();
  const whole = await button(/^user\/test-18fbd892.*139633b07b$/);
  expect(whole.querySelector(".tail")?.textContent).toBe("c-76139633b07b");
  whole.focus();
  await user.keyboard("{Enter}");
  expect(whole.getAttribute("aria-expanded")).toBe("true");
  const row = document.getElementById(whole.getAttribute("aria-controls") ?? "");
  expect(row?.textContent.trim()).toBe(whole.title);
});

test("a check opens to what was expected, what came and why", async () => {
  await openSession();
  const checks = await screen.findByRole("region", { name: "Checks" });
  expect(checks.querySelectorAll("li[data-outcome=passed]")).toHaveLength(10);
  expect(checks.querySelectorAll("li[data-outcome=skipped]")).toHaveLength(2);
  await user.click(within(checks).getByRole("button", { name: /^Issuer/ }));
  expect(within(checks).getByText("Expected")).toBeTruthy();
  await user.click(within(checks).getByRole("button", { name: /azp/ }));
  const skipped = within(checks).getByText("Skipped");
  expect(skipped.nextElementSibling?.textContent).toMatch(/single audience/);
});

test("the raw token is fetched only when somebody asks to see it", async () => {
  const world = await openSession();
  await user.click(await screen.findByRole("radio", { name: "Raw" }));
  expect(world.sentAs("session_reveal")).toHaveLength(0);
  await press("Show raw token");
  expect((await screen.findByLabelText("Raw ID token")).textContent).toMatch(/^eyJ/);
});

test("a token is copied without being shown", async () => {
  const world = await openSession();
  await press("Copy access token");
  await waitFor(async () => expect((await world.seen()).copied).toHaveLength(1));
  const [copied = ""] = (await world.seen()).copied;
  expect(copied).toBe(await world.call("session_reveal", { id: idOf(world), secret: "access_token" }));
  expect(document.body.textContent).not.toContain(copied);
});

test("a refresh says what it will cause and is sent only after a yes", async () => {
  const world = await openSession();
  await press("Refresh…");
  expect(await screen.findByText(/refresh token is used up and replaced/)).toBeTruthy();
  expect(world.sentAs("session_refresh")).toHaveLength(0);
  await user.keyboard("{Escape}");
  expect(screen.queryByText(/refresh token is used up and replaced/)).toBeNull();
  await press("Refresh…");
  await press("Refresh now");
  expect(await screen.findByText(/generation 2/)).toBeTruthy();
  expect(world.sentAs("session_refresh")).toEqual([{ id: idOf(world), generation: 1, scopes: null }]);
});

test("a deleted session comes back by Undo", async () => {
  await openSession();
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: /Delete session/ }));
  await arrive("Sandbox");
  await press("Undo");
  await arrive("Thandi Nkosi");
});

test("a session is renamed in its heading, and Escape keeps the old name", async () => {
  const world = await openSession();
  await screen.findByRole("group", { name: "Access token" });
  await user.keyboard("{F2}");
  const field = await screen.findByRole("textbox", { name: "Name of the session" });
  await user.clear(field);
  await user.type(field, "Nobody{Escape}");
  expect(world.sentAs("session_rename")).toHaveLength(0);
  await user.keyboard("{F2}");
  const again = await screen.findByRole("textbox", { name: "Name of the session" });
  await user.clear(again);
  await user.type(again, "Main test user{Enter}");
  expect(await button("Main test user")).toBeTruthy();
});

test("an expired session asks to sign in again, by button and by Ctrl Enter", async () => {
  const world = await openSession({ ago: 18.5 * MINUTE, scopes: ["openid", "accounts"] });
  expect((await button("Sign in again")).classList).toContain("primary");
  await press("Copy access token");
  expect(await screen.findByText("Copied the access token; it expired 3 min ago")).toBeTruthy();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(world.sentAs("sign_in_start")).toHaveLength(1));
  expect(await screen.findByRole("region", { name: "Sign-in" })).toBeTruthy();
});

test("an expired session with a usable refresh token asks to be refreshed first", async () => {
  await openSession({ ago: 18.5 * MINUTE });
  expect((await button("Refresh…")).classList).toContain("primary");
  expect((await button("Sign in again")).classList).not.toContain("primary");
});

test("a session that can go on offers no other sign-in", async () => {
  await openSession();
  expect((await button("Refresh…")).classList).not.toContain("primary");
  expect(screen.queryByRole("button", { name: "Sign in again" })).toBeNull();
});

test("a panel that closes gives the focus back to what opened it", async () => {
  await openSession();
  const opener = await button("Refresh…");
  for (const leave of [() => user.keyboard("{Escape}"), () => press("Cancel"), () => press("Refresh now")]) {
    await user.click(opener);
    expect(document.activeElement?.textContent).toBe("Refresh now");
    await leave();
    await waitFor(() => expect(document.activeElement).toBe(opener));
  }
  const menu = await button("More actions");
  await user.click(menu);
  await user.click(screen.getByRole("menuitem", { name: "Rename" }));
  await user.type(await screen.findByRole("textbox", { name: "Name of the session" }), "{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(menu));
});

test("the history says from which generation to which a refresh went", async () => {
  const since = async (world: World, id: string) => {
    await world.call("session_refresh", { id, generation: 1, scopes: null });
    await world.faults("refresh-invalid-grant");
    await world.refusal("session_refresh", { id, generation: 2, scopes: null });
  };
  await openSession({ since });
  const card = await screen.findByRole("region", { name: "Refresh history" });
  const rows = within(card).getAllByRole("listitem");
  expect(rows[0]?.textContent).toMatch(/Generation 2\s*, failed\s*The server answered invalid_grant/);
  expect(rows[1]?.textContent).toMatch(/Generation 1 → 2\s*new tokens/);
});
