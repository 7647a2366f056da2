import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, button, close, fill, goTo, MINUTE, openOn, openWorld, press, user } from "./page";

const panel = () => screen.findByRole("region", { name: "Sign-in" });
const status = async (step: string) =>
  (await panel()).querySelector<HTMLElement>(`[data-step=${step}]`)?.dataset.status;
const waitsForBrowser = () => waitFor(async () => expect(await status("consent")).toBe("active"));
const claims = () => screen.findByRole("table", { name: "ID token claims" });

test("a sign-in that ends well moves to its session, and its steps stay with the connection", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  await world.comesBack();
  expect(await claims()).toBeTruthy();
  await goTo("Sandbox");
  await waitFor(async () => expect(await status("verify")).toBe("done"));
  await press("Checks");
  await user.click(within(await panel()).getByRole("button", { name: /^Issuer/ }));
  expect(within(await panel()).getByText("Expected")).toBeTruthy();
  await press("Show session");
  expect(await screen.findByRole("group", { name: "Access token" })).toBeTruthy();
});

test("a waiting sign-in shows the challenge's formula and the time that is left", async () => {
  await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  expect((await panel()).textContent).toContain("challenge = b64url(sha256(verifier))");
  expect((await panel()).textContent).toMatch(/waiting for the browser · (10:00|9:[345]\d) left/);
});

test("the callback can be pasted, and a wrong paste says what is wrong and keeps the text", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await press("Paste callback…");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Callback URL" });
  await user.type(field, "nonsense");
  await press("Continue");
  expect((await screen.findByRole("alert")).dataset.code).toBe("callback_bare_code");
  expect(field.value).toBe("nonsense");
  fill(field, await world.decide());
  await press("Continue");
  expect(await claims()).toBeTruthy();
});

test("only the next step of a sign-in wears the accent", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await screen.findByText(/The provider does not report it here/);
  expect((await button("Open the browser again")).classList).not.toContain("primary");
  expect((await button("Sign in with browser")).classList).not.toContain("primary");
  await world.comesBack();
  await claims();
  await goTo("Sandbox");
  expect((await button("Show session")).classList).toContain("primary");
  expect((await button("Sign in with browser")).classList).not.toContain("primary");
});

test("the paste field gives the focus back when Escape closes it", async () => {
  await openWorld();
  await press("Sign in with browser");
  await press("Paste callback…");
  const field = await screen.findByRole("textbox", { name: "Callback URL" });
  await waitFor(() => expect(document.activeElement).toBe(field));
  await user.keyboard("{Escape}");
  const opener = await button("Paste callback…");
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("a cancelled sign-in stays where it is and says so", async () => {
  await openWorld();
  await press("Sign in with browser");
  await press("Cancel");
  await waitFor(async () => expect((await panel()).dataset.state).toBe("cancelled"));
  expect(await screen.findByText("You cancelled this sign-in. Nothing was saved.")).toBeTruthy();
  expect(screen.getAllByRole("button", { name: "Sign in with browser" })).toHaveLength(1);
});

test("what the end user cancelled in the browser is not said to be yours", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  await world.comesBack({ decision: "cancel" });
  expect(await screen.findByText("Cancelled in the browser. Nothing was saved.")).toBeTruthy();
  expect(screen.queryByText(/You cancelled/)).toBeNull();
});

test("a session that was deleted is not offered by its sign-in, and its place leads to a new one", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  await world.comesBack();
  await claims();
  await arrive("Thandi Nkosi");
  await goTo("Sandbox");
  const told = world.hold("overview");
  const [session] = (await world.overview()).connections[0]?.sessions ?? [];
  await world.call("session_delete", { id: session?.id });
  await press("Show session");
  const card = await screen.findByRole("alert");
  expect(within(card).getByRole("button", { name: "Sign in again" })).toBeTruthy();
  await user.click(within(card).getByRole("button", { name: "Back to Sandbox" }));
  expect(await button("Show session"), "the page does not know yet").toBeTruthy();
  told();
  await waitFor(() => expect(screen.queryByRole("button", { name: "Show session" })).toBeNull());
});

test("a failure is a card with its hint, its code in the details and a way to try again", async () => {
  const world = await openWorld((world) => world.faults("callback-error-with-code"));
  await press("Sign in with browser");
  await waitsForBrowser();
  await world.comesBack();
  const card = await screen.findByRole("alert");
  expect(await status("callback")).toBe("failed");
  expect(within(card).getByRole("heading", { level: 3 }).textContent).toBe(
    "The server declined the sign-in: server_error.",
  );
  expect(card.textContent).toContain("Try again in a few minutes.");
  expect(card.querySelector("details")?.open).toBe(false);
  expect(card.querySelector("details")?.textContent).toContain("authorization_declined");
  await user.click(within(card).getByRole("button", { name: "Try again" }));
  await waitsForBrowser();
});

test("a browser that cannot be opened is a card too, and the sign-in waits on", async () => {
  const world = await openWorld();
  await world.happens({ what: "browser_fails", reason: "xdg-open: exit status 3" });
  await press("Sign in with browser");
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("browser_failed");
  expect(card.querySelector("details")?.textContent).toContain("xdg-open: exit status 3");
  await world.happens({ what: "browser_fails", reason: null });
  await press("Open the browser again");
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  await world.comesBack();
  expect(await claims()).toBeTruthy();
});

test("a sign-in that cannot begin is a card with a way to try again", async () => {
  const occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  const { port } = occupant.address() as AddressInfo;
  await openWorld((world) =>
    world.save({ redirectMethod: "loopback", redirectUri: `http://127.0.0.1:${port}/callback` }),
  );
  await press("Sign in with browser");
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("loopback_taken");
  occupant.close();
  await once(occupant, "close");
  await user.click(within(card).getByRole("button", { name: "Try again" }));
  await waitsForBrowser();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a sign-in that ended while the page was away still moves to its session", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  await close();
  await world.comesBack();
  await openOn(world);
  expect(await claims()).toBeTruthy();
});

test("an old sign-in does not pull the page away from its record", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  await world.comesBack();
  await claims();
  await arrive("Thandi Nkosi");
  await goTo("Sandbox");
  await button("Show session");
  const asked = world.sentAs("sign_in").length;
  // The page asks for everything anew.
  await world.later(MINUTE);
  await waitFor(() => expect(world.sentAs("sign_in").length).toBeGreaterThan(asked));
  // What this tells comes later than that answer.
  const [session] = (await world.overview()).connections[0]?.sessions ?? [];
  await world.call("session_rename", { id: session?.id, label: "Customer 4411" });
  expect(await button("Customer 4411")).toBeTruthy();
  await press("Checks");
  expect(await button(/^Issuer/)).toBeTruthy();
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Sandbox");
});

test("a sign-in can be for an end user, by the caller's own name", async () => {
  const world = await openWorld();
  await user.type(await screen.findByRole("textbox", { name: /^For end user/ }), "customer 4411");
  await press("Sign in with browser");
  await waitFor(async () => expect((await panel()).textContent).toContain("For customer 4411"));
  expect(world.sentAs("sign_in_start")).toEqual([{ connection: "sandbox", userLabel: "customer 4411" }]);
  await press("Cancel");
  const next = await screen.findByRole<HTMLInputElement>("textbox", { name: /^For end user/ });
  expect(next.value, "the next one is for somebody else").toBe("");
});

test("a waiting sign-in can come back another way", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await waitsForBrowser();
  expect(screen.getAllByText("Return through"), "one choice of that name").toHaveLength(1);
  await press("Switch to paste");
  expect(await screen.findByRole("textbox", { name: "Callback URL" })).toBeTruthy();
  expect(world.sentAs("sign_in_switch")[0]).toMatchObject({ method: "paste" });
});

test("the second click of a double one does not switch a sign-in that came up under it", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  const other = await button("Switch to paste");
  await fireEvent.click(other, { detail: 2 });
  expect(world.sentAs("sign_in_switch")).toHaveLength(0);
  await fireEvent.click(other, { detail: 1 });
  expect(world.sentAs("sign_in_switch")).toHaveLength(1);
});

test("a sign-in that is about to begin says so", async () => {
  const world = await openWorld();
  const answer = world.hold("sign_in_start");
  await press("Sign in with browser");
  expect(await within(await panel()).findByText("starting…")).toBeTruthy();
  answer();
  await within(await panel()).findByText(/waiting for the browser/);
  expect(await status("consent")).toBe("active");
  expect(within(await panel()).queryByText("starting…")).toBeNull();
});

test("a refused client is told what could explain it, worst first", async () => {
  const world = await openWorld(async (world) => {
    const issuer = await world.endpoint("issuer");
    const jwks = await world.endpoint("jwks");
    const authorization = await world.endpoint("authorization");
    const token = await world.endpoint("token");
    await world.call("connection_create", { preset: "stitch-live", name: "Live" });
    await world.save(
      {
        // A test client's.
        clientId: (await world.connection()).clientId,
        endpoints: [
          { kind: "issuer", url: issuer },
          { kind: "jwks", url: jwks },
          { kind: "authorization", url: authorization },
          { kind: "token", url: token },
        ],
      },
      "live",
    );
    await world.faults("token-invalid-client");
  });
  await goTo("Live");
  await press("Sign in with browser");
  await waitsForBrowser();
  await world.comesBack();
  const list = await screen.findByRole("region", { name: "What could explain it" });
  const found = within(list).getAllByRole("listitem");
  expect(found[0]?.dataset.code).toBe("client_id_environment");
  const levels = found.map(({ dataset }) => dataset.level);
  expect(levels[0]).toBe("warning");
  expect(new Set(levels.slice(1))).toEqual(new Set(["passed"]));
  expect(world.sentAs("client_doctor")[0]).toEqual({
    slug: "live",
    code: "token_invalid_client",
    asked: "sign_in",
  });
});
