import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, button, fill, openWorld, press, user } from "./page";
import { serve } from "./server";

const issuerField = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Issuer" });

async function newConnection(preset: RegExp) {
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: preset }));
}

test("an OpenID provider begins with its issuer, whose metadata fills the endpoints in", async () => {
  const world = await openWorld();
  const address = await world.endpoint("issuer");
  await newConnection(/OpenID provider/);
  const issuer = await issuerField();
  await waitFor(() => expect(document.activeElement).toBe(issuer));
  await user.keyboard("http://example.com{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("Use its https address");
  await user.clear(issuer);
  await user.type(issuer, address);
  await press("Fetch metadata");
  expect(await screen.findByText(`from ${address}/.well-known/openid-configuration`)).toBeTruthy();
  expect(await screen.findByText("from the issuer")).toBeTruthy();
});

test("an issuer that is typed with pauses takes no endpoint of the one before along", async () => {
  const world = await openWorld();
  const address = await world.endpoint("issuer");
  await newConnection(/OpenID provider/);
  const issuer = await issuerField();
  await user.type(issuer, address);
  await press("Fetch metadata");
  await screen.findByText("from the issuer");
  const slug = (await world.overview()).connections.find((one) => one.slug !== "sandbox")?.slug ?? "";
  for (const key of ["1", "2"]) {
    const saves = world.sentAs("connection_save").length;
    await user.type(issuer, key);
    await waitFor(() => expect(world.sentAs("connection_save")).toHaveLength(saves + 1));
    await waitFor(async () => {
      const { endpoints } = await world.connection(slug);
      expect(endpoints.find(({ kind }) => kind === "issuer")?.url).toBe(issuer.value);
    });
    await screen.findByText("Saved");
  }
  const written = (await world.connection(slug)).endpoints.filter(({ source }) => source === "manual");
  expect(written.map(({ kind }) => kind)).toEqual(["issuer"]);
});

test("asking the issuer for its metadata can be given up", async () => {
  // It is asked, and never answers.
  const address = await serve(() => undefined);
  const world = await openWorld();
  await newConnection(/OpenID provider/);
  await user.type(await issuerField(), address);
  await press("Fetch metadata");
  await press("Cancel fetching");
  await waitFor(() => expect(world.sentAs("discover_cancel")).toHaveLength(1));
  expect(await button("Fetch metadata")).toBeTruthy();
  expect(screen.queryByRole("alert"), "it is no failure").toBeNull();
});

test("without a list of client scopes it says what to type, and what the issuer supports can be picked", async () => {
  const world = await openWorld();
  await newConnection(/OpenID provider/);
  const issuer = await issuerField();
  await press(/^Client tokens/);
  const card = await screen.findByRole("region", { name: /^Client tokens/ });
  expect(card.textContent).toContain("none chosen");
  expect(card.textContent.replace(/\s+/g, " ")).toContain(
    "Type the scopes from the provider's documentation",
  );
  expect(card.textContent, "there is nothing to count").not.toMatch(/\d of \d/);
  await user.type(issuer, await world.endpoint("issuer"));
  await press("Fetch metadata");
  await within(card).findByText("The issuer supports also");
  const scope = (pressed: boolean) =>
    within(card).findByRole("button", { name: "client_paymentrequest", pressed });
  await user.click(await scope(false));
  const made = (await world.overview()).connections.find(({ slug }) => slug !== "sandbox")?.slug;
  const chosen = async () => (await world.connection(made)).clientTokens?.scopes;
  await waitFor(async () => expect(await chosen()).toEqual(["client_paymentrequest"]));
  await user.click(await scope(true));
  await waitFor(async () => expect(await chosen()).toEqual([]));
  expect(await scope(false), "offered again").toBeTruthy();
});

test("Vault starts with a refresh token, and asks for no client, scopes or redirect", async () => {
  const world = await openWorld();
  await newConnection(/Vault/);
  await user.keyboard("{Escape}");
  const field = await screen.findByLabelText<HTMLInputElement>("Refresh token");
  expect(field.type).toBe("password");
  for (const name of ["Client", "Scopes", "Redirect"])
    expect(screen.queryByRole("region", { name })).toBeNull();
  const base = await world.endpoint("issuer");
  const made = (await world.overview()).connections.find(({ slug }) => slug !== "sandbox")?.slug;
  await world.save({ endpoints: [{ kind: "token", url: `${base}/v2.0/reference/gettoken` }] }, made);
  const given = await fetch(`${base}/sandbox/vault-refresh-token`, { method: "POST" });
  const { refresh_token: token } = (await given.json()) as { refresh_token: string };
  await user.type(field, token);
  await press("Start session");
  await arrive("User tokens");
  expect(world.sentAs("session_from_refresh_token")).toEqual([{ connection: made, token }]);
});

test("a token reply is pasted, and a wrong one says what is wrong and keeps the text", async () => {
  await openWorld();
  await newConnection(/Inspecting only/);
  await user.keyboard("{Escape}");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Token reply" });
  fill(field, '{ "token": 1 }');
  await press("Start session");
  expect((await screen.findByRole("alert")).dataset.code).toBe("token_access_token_missing");
  expect(field.value).toBe('{ "token": 1 }');
  fill(field, '{ "access_token": "a" }');
  await press("Start session");
  await arrive("Pasted tokens");
});
