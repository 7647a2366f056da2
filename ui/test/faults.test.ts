import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { goTo, openWorld, press, user } from "./page";
import type { World } from "./world";

const box = (name: RegExp) => screen.findByRole<HTMLInputElement>("checkbox", { name });
const sets = (world: World) => world.sentAs("sandbox_faults_set").map(({ ids }) => ids);

async function openMenu(before?: (world: World) => Promise<unknown>) {
  const world = await openWorld(before);
  await press(/^Simulate provider faults/);
  await press(/^id_token/);
  return world;
}

test("a fault says what one should see, and choosing it is said wherever one might forget it", async () => {
  const world = await openMenu();
  const nonce = await box(/nonce of another request/);
  const see = document.getElementById(nonce.getAttribute("aria-describedby") ?? "");
  expect(see?.textContent).toMatch(/not the one that was sent/);
  await user.click(nonce);
  expect(await screen.findByText("Simulating 1 fault")).toBeTruthy();
  expect(
    await screen.findByText(/The sandbox is simulating faults: nonce of another request\./),
  ).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Simulate provider faults.*1 active/ })).toBeTruthy();
  expect(sets(world)).toEqual([["id-token-nonce-wrong"]]);
});

test("what is simulated is said with the first picture, and moves nothing later", async () => {
  await openWorld((world) => world.faults("id-token-nonce-wrong"));
  expect(screen.queryByText(/^The sandbox is simulating faults/)).not.toBeNull();
});

test("choosing faults leaves the connection's form as it is", async () => {
  const world = await openMenu();
  await user.click(await box(/expired five minutes ago/));
  await screen.findByText("Simulating 1 fault");
  expect(screen.queryByText("Not saved yet")).toBeNull();
  expect(world.sentAs("connection_save")).toHaveLength(0);
});

test("of two that spoil the same the later one stays, and a second click takes it back", async () => {
  const world = await openMenu();
  await user.click(await box(/^iss is another provider/));
  await waitFor(async () => expect((await box(/^iss is another provider/)).checked).toBe(true));
  await user.click(await box(/^iss is missing/));
  await waitFor(async () => expect((await box(/^iss is another provider/)).checked).toBe(false));
  expect((await box(/^iss is missing/)).checked).toBe(true);
  await user.click(await box(/^iss is missing/));
  await waitFor(async () => expect((await box(/^iss is missing/)).checked).toBe(false));
  expect(sets(world)).toEqual([["id-token-iss-wrong"], ["id-token-iss-wrong", "id-token-iss-missing"], []]);
});

test("a fault that is refused stays unchosen and says why", async () => {
  await openMenu(async (world) => {
    // The sandbox does not start where its file cannot be read.
    await mkdir(join((await world.overview()).status.workspace, "sandbox.json"));
  });
  await user.click(await box(/expired five minutes ago/));
  expect(await screen.findByText("The sandbox could not start on this computer.")).toBeTruthy();
  await waitFor(async () => expect((await box(/expired five minutes ago/)).checked).toBe(false));
});

test("Clear all in the status bar ends all of it, from any place", async () => {
  const world = await openMenu();
  await user.click(await box(/expired five minutes ago/));
  await screen.findByText("Simulating 1 fault");
  await goTo("ListBankAccounts");
  await user.click(within(screen.getByRole("contentinfo")).getByRole("button", { name: "Clear all" }));
  await waitFor(() => expect(screen.queryByText(/^Simulating/)).toBeNull());
  expect(sets(world).at(-1)).toEqual([]);
});

test("only the Sandbox has the menu", async () => {
  await openWorld((world) => world.call("connection_create", { preset: "stitch-test", name: "Stitch" }));
  await goTo("Stitch");
  await screen.findByRole("button", { name: /^Endpoints/ });
  expect(screen.queryByRole("button", { name: /^Simulate/ })).toBeNull();
});
