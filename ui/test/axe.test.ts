import { screen, within } from "@testing-library/dom";
import axe from "axe-core";
import { expect, test } from "vitest";
import { choose, fill, goTo, openWorld, press, user } from "./page";
import type { World } from "./world";

/** Contrast needs a real window, where it is measured in both themes. */
const rules = { "color-contrast": { enabled: false }, "scrollable-region-focusable": { enabled: false } };

async function violations() {
  const found = await axe.run(document.body, { rules });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const signedIn = (world: World) => world.signIn();
const paste = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "What to inspect" });
const goToInspect = async () => (await user.keyboard("{Control>}i{/Control}"), await paste());

test("axe finds nothing in the connection view, before and during a sign-in and after a failed one", async () => {
  const world = await openWorld();
  expect(await violations()).toEqual([]);
  await press("Sign in with browser");
  await press("Paste callback…");
  expect(await violations()).toEqual([]);
  await world.faults("token-invalid-client");
  await world.comesBack();
  await screen.findByRole("alert");
  await press(/^Endpoints/);
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the session view with its panels open", async () => {
  await openWorld(signedIn);
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press(/^Signature/);
  await press("More actions");
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the query view, with a reply, the wire and the palette", async () => {
  // Its scope was not asked for.
  await openWorld(signedIn);
  await goTo("Account holders");
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
  const world = await openWorld();
  await choose("Private key");
  await press("Paste…");
  const pem = await (await fetch(`${await world.endpoint("issuer")}/sandbox/client.pem`)).text();
  fill(await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Private key as PEM" }), pem);
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
  await openWorld();
  for (const preset of [/OpenID/, /Vault/, /Inspecting/]) {
    await press("New connection");
    await user.click(await screen.findByRole("menuitem", { name: preset }));
    await screen.findByRole("button", { name: /Fetch metadata|Start session/ });
    expect(await violations()).toEqual([]);
  }
});

test("axe finds nothing in a client's session, user info and introspection", async () => {
  await openWorld(async (world) => {
    await world.becomeConfidential();
    await world.signIn();
    await world.call("client_token", { connection: "sandbox", fresh: false });
  });
  await goTo("Client token");
  await press("Introspect");
  await screen.findByRole("table", { name: "Introspection" });
  expect(await violations()).toEqual([]);
  await goTo("Thandi Nkosi");
  await press("User info");
  await screen.findByRole("table", { name: "User info" });
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the authorization requests, empty, open and asked to clear", async () => {
  await openWorld();
  await goTo("Authorization requests");
  await screen.findByText("No request yet");
  expect(await violations()).toEqual([]);
  await openWorld(signedIn);
  await goTo("Authorization requests");
  await press("Clear ended…");
  const rows = within(await screen.findByRole("table", { name: "Authorization requests" }));
  await user.click(rows.getAllByRole("button")[0] as HTMLElement);
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in Inspect, empty, with a token checked and with a reply", async () => {
  let id = "";
  const world = await openWorld(async (world) => ({ id } = await world.signIn()));
  const token = await world.call<string>("session_reveal", { id, secret: "id_token" });
  await goToInspect();
  expect(await violations()).toEqual([]);
  await press(/^Check against/);
  fill(await screen.findByRole<HTMLInputElement>("textbox", { name: /^nonce/ }), "another");
  fill(await paste(), token);
  await press(/^Nonce/);
  await user.click((await screen.findAllByRole("button", { name: "Text" }))[0] as HTMLElement);
  expect(await violations()).toEqual([]);
  fill(await paste(), JSON.stringify({ access_token: "a", id_token: token }));
  await screen.findByRole("table", { name: "Reply" });
  expect(await violations()).toEqual([]);
});

test("axe finds nothing in the PKCE pair checker, empty, fitting and wrong", async () => {
  await openWorld();
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
  await openWorld();
  await press(/^Simulate provider faults/);
  await press(/^id_token/);
  await user.click(await screen.findByRole("checkbox", { name: /expired five minutes ago/ }));
  await screen.findByText(/is simulating faults/);
  expect(await violations()).toEqual([]);
});
