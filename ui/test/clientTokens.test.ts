import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, goTo, openWorld, press, user } from "./page";
import type { World } from "./world";

/** A client that proves who it is: a public one gets no tokens of its own. */
async function confidential(world: World) {
  await world.call("client_secret_set", { slug: "sandbox", secret: "sandbox-secret-that-protects-nothing" });
  await world.save({
    clientId: "test-5a1d0c7e-8f7b-4a3e-9d26-2f0c6b7be914",
    authenticationMethod: "client_secret_post",
  });
}

test("a public client gets no client token, and the button says why", async () => {
  await openWorld();
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: "Get client token" });
  expect(button.disabled).toBe(true);
  expect(button.title).toContain("choose Secret or Private key under Authentication");
});

test("a client token is got once, used again, and a fresh one only on demand", async () => {
  const world = await openWorld(confidential);
  await press(/^Client tokens/);
  await user.click(await screen.findByRole("button", { name: "client_refund", pressed: false }));
  await press("Get client token");
  await arrive("Client token");
  const { clientTokens } = await world.connection();
  expect(clientTokens?.scopes).toContain("client_refund");
  const got = async () => (await world.call<unknown[]>("wire")).length;
  expect(await got()).toBe(1);
  await goTo("Sandbox");
  await press("Get client token");
  await arrive("Client token");
  expect(await got(), "the same one").toBe(1);
  await goTo("Sandbox");
  await press("Get a fresh one");
  await waitFor(async () => expect(await got()).toBe(2));
  const asked = { connection: "sandbox", fresh: false };
  expect(world.sentAs("client_token")).toEqual([asked, asked, { ...asked, fresh: true }]);
});

test("a client token that is refused says so at the connection", async () => {
  const world = await openWorld(async (world) => {
    await confidential(world);
    await world.save({ clientScopes: ["client_unheard_of"] });
  });
  await press("Get client token");
  const card = await screen.findByRole("region", { name: /^Client tokens/ });
  expect((await within(card).findByRole("alert")).dataset.code).toBe("token_invalid_scope");
  const explanation = await within(card).findByRole("region", { name: "What could explain it" });
  expect(explanation.textContent).toContain("does not know client_unheard_of");
  expect(world.sentAs("client_doctor")[0]).toMatchObject({
    code: "token_invalid_scope",
    asked: "client_token",
  });
});

test("an audience that is not known yet says when it will be, and is saved as the preset's own", async () => {
  const world = await openWorld();
  await press(/^Client tokens/);
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Audience" });
  expect(field.value).toBe("");
  expect(field.placeholder).toBe("known when the sandbox runs");
  const audience = () => {
    const draft = world.sentAs("connection_save").at(-1)?.draft;
    return (draft as { clientAudience: string | null } | undefined)?.clientAudience;
  };
  await user.click(await screen.findByRole("button", { name: "client_refund", pressed: false }));
  await waitFor(() => expect(audience()).toBeNull());
  await user.type(field, "x{Backspace}");
  await waitFor(() => expect(audience(), "emptied by hand, none is sent").toBe(""));
  await user.click(await screen.findByRole("button", { name: "Reset" }));
  await waitFor(() => expect(audience()).toBeNull());
  const address = await world.endpoint("token");
  await waitFor(() => expect(field.value, "the sandbox runs").toBe(address));
});
