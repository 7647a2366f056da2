import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { calls, goTo, open, press, user } from "./page";

const box = (name: RegExp) => screen.findByRole<HTMLInputElement>("checkbox", { name });
const sets = (application: Awaited<ReturnType<typeof open>>) =>
  calls(application, "sandbox_faults_set").map(({ args }) => args.ids);

async function openMenu() {
  const application = await open();
  await press(/^Simulate provider faults/);
  await press(/^id_token/);
  return application;
}

test("a fault says what one should see, and choosing it is said wherever one might forget it", async () => {
  const application = await openMenu();
  const nonce = await box(/nonce is another one/);
  const see = document.getElementById(nonce.getAttribute("aria-describedby") ?? "");
  expect(see?.textContent).toMatch(/not an answer to this request/);
  await user.click(nonce);
  expect(await screen.findByText("Simulating 1 fault")).toBeTruthy();
  expect(await screen.findByText(/The sandbox is simulating faults: nonce is another one\./)).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Simulate provider faults.*1 active/ })).toBeTruthy();
  expect(sets(application)).toEqual([["id-token-nonce-wrong"]]);
});

test("choosing faults leaves the connection's form as it is", async () => {
  const application = await openMenu();
  await user.click(await box(/it has expired/));
  await screen.findByText("Simulating 1 fault");
  expect(screen.queryByText("Not saved yet")).toBeNull();
  expect(calls(application, "connection_save")).toHaveLength(0);
});

test("of two that spoil the same the later one stays, and a second click takes it back", async () => {
  const application = await openMenu();
  await user.click(await box(/^iss is another provider/));
  await waitFor(async () => expect((await box(/^iss is another provider/)).checked).toBe(true));
  await user.click(await box(/^iss is missing/));
  await waitFor(async () => expect((await box(/^iss is another provider/)).checked).toBe(false));
  expect((await box(/^iss is missing/)).checked).toBe(true);
  await user.click(await box(/^iss is missing/));
  await waitFor(async () => expect((await box(/^iss is missing/)).checked).toBe(false));
  expect(sets(application)).toEqual([
    ["id-token-iss-wrong"],
    ["id-token-iss-wrong", "id-token-iss-missing"],
    [],
  ]);
});

test("a fault that is refused stays unchosen and says why", async () => {
  const application = await openMenu();
  application.failures.set("sandbox_faults_set", {
    code: "sandbox_failed",
    message: "The sandbox could not start on this computer.",
    hint: null,
    detail: null,
  });
  await user.click(await box(/it has expired/));
  expect(await screen.findByText("The sandbox could not start on this computer.")).toBeTruthy();
  expect((await box(/it has expired/)).checked).toBe(false);
});

test("Clear all in the status bar ends all of it, from any place", async () => {
  const application = await openMenu();
  await user.click(await box(/it has expired/));
  await screen.findByText("Simulating 1 fault");
  await goTo("ListBankAccounts");
  await user.click(within(screen.getByRole("contentinfo")).getByRole("button", { name: "Clear all" }));
  await waitFor(() => expect(screen.queryByText(/^Simulating/)).toBeNull());
  expect(sets(application).at(-1)).toEqual([]);
});

test("only the Sandbox has the menu", async () => {
  await open();
  await goTo("Stitch");
  await screen.findByRole("button", { name: /^Endpoints/ });
  expect(screen.queryByRole("button", { name: /^Simulate/ })).toBeNull();
});
