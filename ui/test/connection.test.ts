import { screen, waitFor } from "@testing-library/dom";
import { expect, test, vi } from "vitest";
import { calls, fill, goTo, open, press, user } from "./page";

const clientId = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Client ID" });

test("the first start opens the Sandbox with one button to sign in", async () => {
  await open();
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Sandbox");
  expect(screen.getAllByRole("button", { name: "Sign in with browser" })).toHaveLength(1);
});

test("the form saves itself a moment after the last key, in one go", async () => {
  const application = await open();
  await goTo("Stitch");
  await user.type(await clientId(), "test-abc");
  await waitFor(() => expect(application.connection({ slug: "stitch-test" }).clientId).toBe("test-abc"));
  expect(calls(application, "connection_save")).toHaveLength(1);
  expect(await screen.findByText("Saved")).toBeTruthy();
});

test.each([
  ["the right button, whose release a native menu keeps to itself", 2, null],
  [
    "a press that a context menu ends",
    0,
    () => document.body.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true })),
  ],
  ["a press that ends in another window", 0, () => window.dispatchEvent(new FocusEvent("blur"))],
])("the form still saves itself after %s", async (_, button, end) => {
  const application = await open();
  const field = await clientId();
  vi.useFakeTimers();
  fill(field, "test-abc");
  document.body.dispatchEvent(new MouseEvent("pointerdown", { button, bubbles: true }));
  end?.();
  await vi.advanceTimersByTimeAsync(500);
  expect(application.connection({ slug: "sandbox" }).clientId).toBe("test-abc");
});

test("the form waits with its save for the end of a press, but not for one that never comes", async () => {
  const application = await open();
  const field = await clientId();
  vi.useFakeTimers();
  fill(field, "test-abc");
  document.body.dispatchEvent(new MouseEvent("pointerdown", { button: 0, bubbles: true }));
  await vi.advanceTimersByTimeAsync(500);
  expect(calls(application, "connection_save")).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(application.connection({ slug: "sandbox" }).clientId).toBe("test-abc");
});

test("leaving the view keeps what was typed a moment before", async () => {
  const application = await open();
  await goTo("Stitch");
  await user.type(await clientId(), "test-1");
  await goTo("Sandbox");
  await waitFor(() => expect(application.connection({ slug: "stitch-test" }).clientId).toBe("test-1"));
});

test("a change from outside is shown, but never over a field that is being typed in", async () => {
  const application = await open();
  await goTo("Stitch");
  await user.type(await clientId(), "test-typ");
  const view = application.connection({ slug: "stitch-test" });
  view.clientId = "from-outside";
  view.redirectUri = "https://localhost:9000/return";
  await application.changed({ what: "connection", slug: "stitch-test" });
  const redirect = screen.getByRole<HTMLInputElement>("textbox", { name: "Redirect URI" });
  await waitFor(() => expect(redirect.value).toBe("https://localhost:9000/return"));
  expect((await clientId()).value).toBe("test-typ");
});

test("an answer to a save does not take back the keys pressed meanwhile", async () => {
  const application = await open({ latency: 60 });
  await goTo("Stitch");
  await user.type(await clientId(), "one ");
  await waitFor(() => expect(calls(application, "connection_save")).toHaveLength(1));
  await user.type(await clientId(), "two");
  await waitFor(() => expect(application.connection({ slug: "stitch-test" }).clientId).toBe("one two"));
  expect((await clientId()).value).toBe("one two");
});

test("a failed save says so, keeps the text and can be repeated", async () => {
  const application = await open();
  await goTo("Stitch");
  application.failures.set("connection_save", {
    code: "file_failed",
    message: "The file could not be written.",
    hint: "Free some space.",
    detail: "ENOSPC",
  });
  await user.type(await clientId(), "test-9");
  expect((await screen.findByRole("alert")).dataset.code).toBe("file_failed");
  expect((await clientId()).value).toBe("test-9");
  application.failures.clear();
  await press("Save again");
  await waitFor(() => expect(application.connection({ slug: "stitch-test" }).clientId).toBe("test-9"));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a field to be filled in is no mistake before somebody was there, and then its problem stands at it", async () => {
  await open();
  await goTo("Stitch");
  const field = await clientId();
  const described = () => document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent;
  expect(field.getAttribute("aria-invalid")).toBe("false");
  expect(described()).toContain("Required");
  await user.click(field);
  await user.tab();
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  expect(described()).toContain("Give the client's id.");
});

test("the first sign-in says what is missing", async () => {
  await open();
  await goTo("Stitch");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(async () => expect((await clientId()).getAttribute("aria-invalid")).toBe("true"));
});

test("scopes are chosen by chips, counted against the limit, and others can be added", async () => {
  const application = await open();
  await user.click(await screen.findByRole("button", { name: "balances", pressed: true }));
  await user.type(screen.getByRole("textbox", { name: "Another scope" }), "pci_unsafe{Enter}");
  expect(await screen.findByRole("button", { name: "pci_unsafe", pressed: true })).toBeTruthy();
  expect(screen.getByText(/5 of 9 user scopes · 54 of 300 characters/)).toBeTruthy();
  await waitFor(() =>
    expect(application.connection({ slug: "sandbox" }).scopes).toEqual([
      "openid",
      "accounts",
      "transactions",
      "offline_access",
      "pci_unsafe",
    ]),
  );
});

test("Control Enter in the field of another scope adds it and signs nobody in", async () => {
  const application = await open();
  await user.type(
    await screen.findByRole("textbox", { name: "Another scope" }),
    "pci_unsafe{Control>}{Enter}{/Control}",
  );
  expect(await screen.findByRole("button", { name: "pci_unsafe", pressed: true })).toBeTruthy();
  expect(calls(application, "sign_in_start")).toHaveLength(0);
});

test("a new connection starts from a preset with its name ready to be typed", async () => {
  await open();
  await press("New connection");
  await user.click((await screen.findAllByRole("menuitem", { name: /Stitch/ }))[0] as HTMLElement);
  const field = await screen.findByRole("textbox", { name: "Name of the connection" });
  await user.clear(field);
  await user.type(field, "Acme{Enter}");
  await goTo("Acme");
});

test("a deleted connection comes back by Undo", async () => {
  await open();
  await goTo("Stitch");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the connection" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: "Stitch" })).toBeNull());
  await press("Undo");
  expect(await screen.findByRole("button", { name: "Stitch" })).toBeTruthy();
});

test("a connection that could be deleted only in part can be made whole by Undo", async () => {
  const application = await open();
  await goTo("Stitch");
  application.failures.set("connection_delete", {
    code: "connection_deleted_in_part",
    message: "The connection was deleted only in part.",
    hint: null,
    detail: null,
  });
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the connection" }));
  expect(await screen.findByText("The connection was deleted only in part.")).toBeTruthy();
  await press("Undo");
  await waitFor(() => expect(calls(application, "connection_restore")).toHaveLength(1));
});
