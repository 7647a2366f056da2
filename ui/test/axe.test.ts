import { screen, within } from "@testing-library/dom";
import axe from "axe-core";
import { expect, test } from "vitest";
import { clientSession } from "../src/dev/samples";
import { fill, goTo, open, press, thandi, user } from "./page";

/** Contrast needs a real window, where it is measured in both themes. */
const rules = { "color-contrast": { enabled: false }, "scrollable-region-focusable": { enabled: false } };

async function violations() {
  const found = await axe.run(document.body, { rules });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const paste = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "What to inspect" });
const goToInspect = async () => (await user.keyboard("{Control>}i{/Control}"), await paste());

test("axe finds nothing in the connection view, before and during a sign-in and after a failed one", async () => {
  const application = await open({ signIn: "wait" });
  expect(await violations()).toEqual([]);
  await press("Sign in with browser");
  await press("Paste callback…");
  expect(await violations()).toEqual([]);
  application.signIns[0]?.fail();
  await screen.findByRole("alert");
  await press(/^Endpoints/);
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the session view with its panels open", async () => {
  await open({ sessions: [thandi()] });
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press(/^Signature/);
  await press("More actions");
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the query view, with a reply, the wire and the palette", async () => {
  await open({ sessions: [thandi()], answer: "partial" });
  await goTo("AccountBalances");
  await press(/^Run/);
  await screen.findByRole("textbox", { name: "Response body" });
  await press(/^Wire/);
  await press(/connect\/token/);
  await user.click(screen.getByRole("combobox", { name: "Session" }));
  expect(await violations()).toEqual([]);
  await user.keyboard("{Control>}k{/Control}");
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the connection view with a key, its preview, extra rows and an import", async () => {
  await open();
  await user.click(await screen.findByRole("radio", { name: "Private key" }));
  await press("Paste…");
  fill(
    await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Private key as PEM" }),
    "PRIVATE KEY",
  );
  expect(await violations()).toEqual([]);
  await press("Import key");
  await press("Preview assertion");
  await press(/^Extra parameters/);
  await press("prompt");
  await press(/\d checks? passed/);
  await press(/^Redirect check/);
  await press("Import credentials…");
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in a connection by issuer, by refresh token or by a token reply", async () => {
  await open();
  for (const preset of [/OpenID/, /Vault/, /Inspecting/]) {
    await press("New connection");
    await user.click(await screen.findByRole("menuitem", { name: preset }));
    await screen.findByRole("button", { name: /Fetch metadata|Start session/ });
    expect(await violations()).toEqual([]);
  }
});

test("axe finds nothing in a client's session, user info and introspection", async () => {
  await open({ sessions: [thandi(), clientSession("c", "sandbox")] });
  await goTo("Client token");
  await press("Introspect");
  await screen.findByRole("table", { name: "Introspection" });
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the authorization requests, empty, open and asked to clear", async () => {
  await open();
  await goTo("Authorization requests");
  await screen.findByText("No request yet");
  expect(await violations()).toEqual([]);
  await open({ sessions: [thandi()] });
  await goTo("Authorization requests");
  await press("Clear ended…");
  const rows = within(await screen.findByRole("table", { name: "Authorization requests" }));
  await user.click(rows.getAllByRole("button")[0] as HTMLElement);
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in Inspect, empty, with a token checked and with a reply", async () => {
  await open({ sessions: [thandi()] });
  await goToInspect();
  expect(await violations()).toEqual([]);
  await press(/^Check against/);
  fill(await screen.findByRole<HTMLInputElement>("textbox", { name: /^nonce/ }), "another");
  fill(await paste(), "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl");
  await press(/^Nonce/);
  await user.click((await screen.findAllByRole("button", { name: "Text" }))[0] as HTMLElement);
  expect(await violations()).toEqual([]);
  fill(await paste(), '{ "access_token": "a" }');
  await screen.findByRole("table", { name: "Members" });
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the PKCE pair checker, empty, fitting and wrong", async () => {
  await open();
  await goTo("PKCE pair checker");
  expect(await violations()).toEqual([]);
  await press("Generate a pair");
  await press("Generate state and nonce");
  await screen.findByText(/They fit/);
  expect(await violations()).toEqual([]);
  fill(await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "code_verifier" }), "short");
  await screen.findByText(/5 characters/);
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the sandbox's menu of faults, with one of them chosen", async () => {
  await open();
  await press(/^Simulate provider faults/);
  await press(/^id_token/);
  await user.click(await screen.findByRole("checkbox", { name: /it has expired/ }));
  await screen.findByText(/is simulating faults/);
  expect(await violations()).toEqual([]);
});
