import { screen, waitFor } from "@testing-library/dom";
import { expect, test } from "vitest";
import { timeAxis } from "../src/views/wire/timeAxis";
import { button, calls, open, press, thandi, user } from "./page";

test("the drawer opens by its shortcut and lists what went over the network", async () => {
  await open({ sessions: [thandi()] });
  expect(await button("Wire · 4 exchanges")).toBeTruthy();
  await user.keyboard("{Control>}j{/Control}");
  expect(await screen.findByRole("region", { name: "Wire" })).toBeTruthy();
  expect(await button(/POST.*connect\/token.*200.*38 ms/)).toBeTruthy();
});

test("opening it focuses the newest row, and only Escape inside it closes it and gives the focus back", async () => {
  await open({ sessions: [thandi()] });
  const client = await screen.findByRole("textbox", { name: "Client ID" });
  client.focus();
  await user.keyboard("{Control>}j{/Control}");
  const drawer = await screen.findByRole("region", { name: "Wire" });
  const rows = [...drawer.querySelectorAll("[data-thing]")];
  await waitFor(() => expect(document.activeElement).toBe(rows.at(-1)));
  client.focus();
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("region", { name: "Wire" })).toBe(drawer);
  (rows[0] as HTMLElement).focus();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("region", { name: "Wire" })).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(client));
});

test("secrets are masked until their eye is pressed, and are copied without being shown", async () => {
  const application = await open({ sessions: [thandi()] });
  await press(/^Wire/);
  await press(/connect\/token/);
  await press("Copy code_verifier");
  await waitFor(() => expect(application.copied).toEqual(["the-code_verifier-itself"]));
  expect(document.body.textContent).not.toContain("the-code_verifier-itself");
  await press("Show code_verifier");
  expect(await screen.findByText("the-code_verifier-itself")).toBeTruthy();
  await press("Show code_verifier");
  expect(screen.queryByText("the-code_verifier-itself")).toBeNull();
  expect(calls(application, "exchange_reveal")[0]?.args).toMatchObject({
    part: "request_body",
    name: "code_verifier",
  });
});

test("an exchange opens to its request line, its fields with what they are to each other, and its reply", async () => {
  await open({ sessions: [thandi()] });
  await press(/^Wire/);
  await press(/connect\/token/);
  const drawer = await screen.findByRole("region", { name: "Wire" });
  const detail = await waitFor(() => {
    const found = drawer.querySelector(".detail");
    if (!found?.textContent.includes("grant_type")) throw new Error("not there yet");
    return found.textContent.replace(/\s+/g, " ");
  });
  const order = [
    "POST http://127.0.0.1:5001/connect/token",
    "Form",
    "code_verifier",
    "= code_challenge = FVF6",
  ];
  const places = [...order, "200 the reply after 38 ms", "Response body"].map((text) => detail.indexOf(text));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  await press(/LINK/);
  expect(await screen.findByText("matches the original")).toBeTruthy();
  expect(screen.getByText("came back from the browser")).toBeTruthy();
});

test("clearing leaves an empty drawer that says what will be listed", async () => {
  await open({ sessions: [thandi()] });
  await press(/^Wire/);
  await press("Clear");
  expect(await screen.findByText(/Nothing went over the network yet/)).toBeTruthy();
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
