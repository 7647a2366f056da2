import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { button, calls, close, goTo, open, press, thandi, user } from "./page";

const panel = () => screen.findByRole("region", { name: "Sign-in" });
const status = async (step: string) =>
  (await panel()).querySelector<HTMLElement>(`[data-step=${step}]`)?.dataset.status;

test("a sign-in that ends well moves to its session, and its steps stay with the connection", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(async () => expect(await status("consent")).toBe("active"));
  application.signIns[0]?.succeed();
  expect(await screen.findByRole("table", { name: "ID token claims" })).toBeTruthy();
  await goTo("Sandbox");
  await waitFor(async () => expect(await status("verify")).toBe("done"));
  await press("Checks");
  await user.click(within(await panel()).getByRole("button", { name: /^Issuer/ }));
  expect(within(await panel()).getByText("Expected")).toBeTruthy();
  await press("Show session");
  expect(await screen.findByRole("group", { name: "Access token" })).toBeTruthy();
});

test("a waiting sign-in shows the challenge's formula and the time that is left", async () => {
  await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(async () => expect(await status("consent")).toBe("active"));
  expect((await panel()).textContent).toContain("challenge = b64url(sha256(verifier))");
  expect((await panel()).textContent).toMatch(/waiting for the browser · (10:00|9:5\d) left/);
});

test("the callback can be pasted, and a wrong paste says what is wrong and keeps the text", async () => {
  await open({ signIn: "wait" });
  await press("Sign in with browser");
  await press("Paste callback…");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Callback URL" });
  await user.type(field, "nonsense");
  await press("Continue");
  expect((await screen.findByRole("alert")).textContent).toContain("This address carries no code.");
  expect(field.value).toBe("nonsense");
  await user.clear(field);
  await user.type(field, "dev.bobbin.workbench:/oauth/callback?code=1&state=2");
  await press("Continue");
  expect(await screen.findByRole("table", { name: "ID token claims" })).toBeTruthy();
});

test("only the next step of a sign-in wears the accent", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await screen.findByText(/The provider does not report it here/);
  expect((await button("Open the browser again")).classList).not.toContain("primary");
  expect((await button("Sign in with browser")).classList).not.toContain("primary");
  application.signIns[0]?.succeed();
  await screen.findByRole("table", { name: "ID token claims" });
  await goTo("Sandbox");
  expect((await button("Show session")).classList).toContain("primary");
  expect((await button("Sign in with browser")).classList).not.toContain("primary");
});

test("the paste field gives the focus back when Escape closes it", async () => {
  await open({ signIn: "wait" });
  await press("Sign in with browser");
  await press("Paste callback…");
  const field = await screen.findByRole("textbox", { name: "Callback URL" });
  await waitFor(() => expect(document.activeElement).toBe(field));
  await user.keyboard("{Escape}");
  const opener = await button("Paste callback…");
  await waitFor(() => expect(document.activeElement).toBe(opener));
});

test("a cancelled sign-in stays where it is and says so", async () => {
  await open({ signIn: "wait" });
  await press("Sign in with browser");
  await press("Cancel");
  await waitFor(async () => expect((await panel()).dataset.state).toBe("cancelled"));
  expect(screen.getAllByRole("button", { name: "Sign in with browser" })).toHaveLength(1);
});

test("what the end user cancelled in the browser is not said to be yours", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(() => expect(application.signIns).toHaveLength(1));
  application.signIns[0]?.decline();
  expect(await screen.findByText("Cancelled in the browser. Nothing was saved.")).toBeTruthy();
  expect(screen.queryByText(/You cancelled/)).toBeNull();
});

test("a session that was deleted is not offered by its sign-in, and its place leads to a new one", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(() => expect(application.signIns).toHaveLength(1));
  application.signIns[0]?.succeed();
  await screen.findByRole("table", { name: "ID token claims" });
  await goTo("Sandbox");
  application.sessions = [];
  await press("Show session");
  const card = await screen.findByRole("alert");
  expect(within(card).getByRole("button", { name: "Sign in again" })).toBeTruthy();
  await user.click(within(card).getByRole("button", { name: "Back to Sandbox" }));
  await application.changed({ what: "overview" });
  await waitFor(() => expect(screen.queryByRole("button", { name: "Show session" })).toBeNull());
});

test("a failure is a card with its hint, its code in the details and a way to try again", async () => {
  await open({ signIn: "failed" });
  await press("Sign in with browser");
  const card = await screen.findByRole("alert", {}, { timeout: 3000 });
  expect(await status("callback")).toBe("failed");
  expect(within(card).getByRole("heading", { level: 3 }).textContent).toBe(
    "The sign-in was refused in the browser.",
  );
  expect(card.querySelector("details")?.open).toBe(false);
  expect(card.querySelector("details")?.textContent).toContain("access_denied");
  await user.click(within(card).getByRole("button", { name: "Try again" }));
  await waitFor(async () => expect(await status("consent")).toBe("active"));
});

test("a browser that cannot be opened is a card too", async () => {
  await open({ signIn: "refused" });
  await press("Sign in with browser");
  expect((await screen.findByRole("alert")).dataset.code).toBe("browser_not_opened");
});

test("a sign-in that ended while the page was away still moves to its session", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(async () => expect(await status("consent")).toBe("active"));
  await close();
  application.signIns[0]?.succeed();
  await open(application);
  expect(await screen.findByRole("table", { name: "ID token claims" })).toBeTruthy();
});

test("an old sign-in does not pull the page away from its record", async () => {
  const application = await open({ signIn: "wait", sessions: [thandi()] });
  await press("Sign in with browser");
  application.signIns[0]?.succeed();
  await screen.findByRole("table", { name: "ID token claims" });
  await goTo("Sandbox");
  await application.changed({ what: "sign_in", id: "sign-in-1" });
  await new Promise((done) => setTimeout(done, 50));
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Sandbox");
});

test("a sign-in can be for an end user, by the caller's own name", async () => {
  const application = await open({ signIn: "wait" });
  await user.type(await screen.findByRole("textbox", { name: /^For end user/ }), "customer 4411");
  await press("Sign in with browser");
  await waitFor(async () => expect((await panel()).textContent).toContain("For customer 4411"));
  expect(calls(application, "sign_in_start")[0]?.args).toEqual({
    connection: "sandbox",
    userLabel: "customer 4411",
  });
  await press("Cancel");
  const next = await screen.findByRole<HTMLInputElement>("textbox", { name: /^For end user/ });
  expect(next.value, "the next one is for somebody else").toBe("");
});

test("a waiting sign-in can come back another way", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(async () => expect(await status("consent")).toBe("active"));
  expect(screen.getAllByText("Return through"), "one choice of that name").toHaveLength(1);
  await press("Switch to paste");
  expect(await screen.findByRole("textbox", { name: "Callback URL" })).toBeTruthy();
  expect(calls(application, "sign_in_switch")[0]?.args).toMatchObject({ method: "paste" });
});

test("the second click of a double one does not switch a sign-in that came up under it", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  const other = await button("Switch to paste");
  await fireEvent.click(other, { detail: 2 });
  expect(calls(application, "sign_in_switch")).toHaveLength(0);
  await fireEvent.click(other, { detail: 1 });
  expect(calls(application, "sign_in_switch")).toHaveLength(1);
});

test("a sign-in that is about to begin says so", async () => {
  const application = await open({ signIn: "wait" });
  application.scenario.latency = 300;
  await press("Sign in with browser");
  expect(await within(await panel()).findByText("starting…")).toBeTruthy();
  await waitFor(async () => expect(await status("consent")).toBe("active"));
  expect(within(await panel()).queryByText("starting…")).toBeNull();
});

test("a refused client is told what could explain it, worst first", async () => {
  const application = await open({ signIn: "failed", failure: "token_invalid_client" });
  application.connection({ slug: "sandbox" }).findings.unshift({
    code: "client_id_prefix",
    field: "clientId",
    level: "error",
    message: "This id is none of a test client.",
    hint: "Ids of test clients begin with test-.",
  });
  await press("Sign in with browser");
  const list = await screen.findByRole("region", { name: "What could explain it" });
  const first = within(list).getAllByRole("listitem")[0];
  expect(first?.dataset.level).toBe("error");
  expect(calls(application, "client_doctor")[0]?.args).toMatchObject({
    error: "invalid_client",
    asked: "sign_in",
  });
});
