import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { Application } from "../src/dev/application";
import { refusal } from "../src/dev/application";
import { clientSession } from "../src/dev/samples";
import { arrive, button, calls, goTo, open, press, thandi, user } from "./page";

const words = [
  "The token_endpoint of Sandbox now points to https://elsewhere.test, and nothing was sent.",
  "It pointed to the sandbox before.",
] as const;

const question = (application: Application, command: string) =>
  application.failures.set(command, { ...refusal("endpoint_changed", ...words), question: "asked" });

/** The question where the action was taken, answered with yes: the action is done at last. */
async function yes(application: Application, command: string): Promise<void> {
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("endpoint_changed");
  expect(card.textContent).toContain("It pointed to the sandbox before.");
  const before = calls(application, command).length;
  await user.click(await within(card).findByRole("button", { name: "Use it" }));
  await waitFor(() => expect(calls(application, command)).toHaveLength(before + 1));
  expect(calls(application, "connection_trust").map(({ args }) => args)).toEqual([
    { slug: "sandbox", question: "asked" },
  ]);
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
}

test("a sign-in that would go elsewhere asks in its own panel", async () => {
  const application = await open({ signIn: "wait" });
  question(application, "sign_in_start");
  await press("Sign in with browser");
  await within(await screen.findByRole("region", { name: "Sign-in" })).findByRole("alert");
  await yes(application, "sign_in_start");
});

test("a refresh that would go elsewhere asks before it is sent", async () => {
  const application = await open({ sessions: [thandi()] });
  question(application, "session_refresh");
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press("Refresh now");
  await yes(application, "session_refresh");
});

test("a run that would go elsewhere asks in the place of the answer", async () => {
  const application = await open({ sessions: [thandi()] });
  question(application, "query_run");
  await goTo("AccountBalances");
  await press(/^Run/);
  await within(await screen.findByRole("region", { name: "Response" })).findByRole("alert");
  await yes(application, "query_run");
});

test.each([
  ["User info", "session_userinfo"],
  ["Sign out at provider", "session_sign_out"],
])("%s that would go elsewhere asks with the session", async (name, command) => {
  const application = await open({ sessions: [thandi()] });
  question(application, command);
  await goTo("Thandi Nkosi");
  await press(name);
  await yes(application, command);
});

test("a client token that would be asked for elsewhere asks with its session", async () => {
  const application = await open({ sessions: [clientSession("client", "sandbox")] });
  question(application, "client_token");
  await goTo("Client token");
  await press(/^Get a fresh one/);
  await yes(application, "client_token");
});

test("without a yes the connection's endpoints can be edited, and nothing is sent again", async () => {
  const application = await open({ sessions: [thandi()] });
  const changed = application.connection({ slug: "sandbox" }).endpoints.find(({ kind }) => kind === "token");
  Object.assign(changed ?? {}, { source: "manual", url: "https://elsewhere.test/token" });
  await application.changed({ what: "connection", slug: "sandbox" });
  question(application, "session_refresh");
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press("Refresh now");
  await press("Edit connection");
  await arrive("Sandbox");
  expect((await button(/^Endpoints/)).getAttribute("aria-expanded")).toBe("true");
  await waitFor(() => expect(document.activeElement?.id).toBe("token_endpoint"));
  expect(calls(application, "session_refresh")).toHaveLength(1);
  expect(calls(application, "connection_trust")).toHaveLength(0);
});
