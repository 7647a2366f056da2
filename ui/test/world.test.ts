import { screen } from "@testing-library/dom";
import { expect, test } from "vitest";
import { goTo, openWorld, press } from "./page";

test("the page runs on the real engine: a sign-in by the sandbox becomes a session", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await screen.findByText(/waiting for the browser/);
  await world.comesBack({ person: "Pieter van der Merwe" });
  expect(await screen.findByRole("table", { name: "ID token claims" })).toBeTruthy();
  await goTo("Pieter van der Merwe");
});
