import { screen, waitFor } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { ExchangeSummary } from "../src/ipc/generated";
import { timeAxis } from "../src/views/wire/timeAxis";
import { button, openWorld, press, user } from "./page";
import type { World } from "./world";

const signedIn = () => openWorld((world) => world.signIn());

/** The exchange that brought the tokens. */
async function tokenRequest(world: World): Promise<ExchangeSummary> {
  const exchanges = await world.call<ExchangeSummary[]>("wire");
  return exchanges.find(({ target }) => target === "/connect/token authorization_code") as ExchangeSummary;
}

test("the drawer opens by its shortcut and lists what went over the network", async () => {
  const world = await signedIn();
  const exchanges = await world.call<ExchangeSummary[]>("wire");
  expect(await button(`Wire · ${exchanges.length} exchanges`)).toBeTruthy();
  await user.keyboard("{Control>}j{/Control}");
  const drawer = await screen.findByRole("region", { name: "Wire" });
  expect(await button(/POST.*connect\/token.*200.*\d m?s/)).toBeTruthy();
  expect(drawer.querySelectorAll("[data-thing]")).toHaveLength(exchanges.length);
});

test("opening it focuses the newest row, and only Escape inside it closes it and gives the focus back", async () => {
  await signedIn();
  const client = await screen.findByRole("textbox", { name: "Client ID" });
  client.focus();
  await user.keyboard("{Control>}j{/Control}");
  const drawer = await screen.findByRole("region", { name: "Wire" });
  const rows = () => [...drawer.querySelectorAll<HTMLElement>("[data-thing]")];
  await waitFor(() => expect(document.activeElement).toBe(rows().at(-1)));
  client.focus();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Wire" })).toBe(drawer);
  rows()[0]?.focus();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("region", { name: "Wire" })).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(client));
});

test("secrets are masked until their eye is pressed, and are copied without being shown", async () => {
  const world = await signedIn();
  const secret = { id: (await tokenRequest(world)).id, part: "request_body", name: "code_verifier" };
  const verifier = await world.call<string>("exchange_reveal", secret);
  expect(verifier).toHaveLength(43);
  await press(/^Wire/);
  await press(/connect\/token/);
  await press("Copy code_verifier");
  await waitFor(async () => expect((await world.seen()).copied).toEqual([verifier]));
  expect(document.body.textContent).not.toContain(verifier);
  expect(world.sentAs("exchange_reveal")).toEqual([]);
  await press("Show code_verifier");
  expect(await screen.findByText(verifier)).toBeTruthy();
  await press("Show code_verifier");
  expect(screen.queryByText(verifier)).toBeNull();
  expect(world.sentAs("exchange_reveal")).toEqual([secret]);
});

test("an exchange opens to its request line, its fields with what they are to each other, and its reply", async () => {
  const world = await signedIn();
  const asked = new URL((await world.seen()).opened[0] ?? "");
  await press(/^Wire/);
  await press(/connect\/token/);
  const drawer = await screen.findByRole("region", { name: "Wire" });
  const detail = await waitFor(() => {
    const found = drawer.querySelector(".detail");
    if (!found?.textContent.includes("grant_type")) throw new Error("not there yet");
    return found.textContent.replace(/\s+/g, " ");
  });
  const order = [
    `POST ${asked.origin}/connect/token`,
    "Form",
    "code_verifier",
    `= code_challenge = ${asked.searchParams.get("code_challenge")}`,
    "200 the reply after ",
    "Response body",
    "access_token",
  ];
  const places = order.map((text) => detail.indexOf(text));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(detail).toMatch(/200 the reply after [\d.]+ m?s/);
  await press(/LINK/);
  expect(await screen.findByText("matches the original")).toBeTruthy();
  expect(screen.getByText("came back from the browser")).toBeTruthy();
});

test("clearing leaves an empty drawer that says what will be listed", async () => {
  const world = await signedIn();
  await press(/^Wire/);
  await press("Clear");
  expect(await screen.findByText(/Nothing went over the network yet/)).toBeTruthy();
  expect(await world.call("wire")).toEqual([]);
});

test("all bars share one axis, on which a long silence is cut short", () => {
  const bars = timeAxis([
    { at: 0, durationMs: 1000 },
    { at: 3_600_000, durationMs: 500 },
  ]);
  expect(bars[0]).toEqual({ from: 0, share: 1 / 3 });
  expect(bars[1]?.from).toBeCloseTo(2.5 / 3);
  expect(timeAxis([])).toEqual([]);
});
