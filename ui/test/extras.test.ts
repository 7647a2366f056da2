import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { button, openWorld, press, user } from "./page";

test("extra parameters keep their rows while they are typed, and a reserved one says why it is refused", async () => {
  const world = await openWorld();
  await press(/^Extra parameters/);
  await press("prompt");
  await user.keyboard("login");
  const kept = async () => (await world.connection()).parameters.authorize;
  await waitFor(async () => expect(await kept()).toEqual([{ name: "prompt", value: "login" }]));
  const request = screen.getByRole("group", { name: "Authorization request" });
  await user.click(within(request).getByRole("button", { name: "Add parameter" }));
  await user.keyboard("State");
  const refusal = within(request).getByRole("alert");
  expect(refusal.textContent, "said with the last key").toContain(
    "State cannot be set by hand. It is random",
  );
  const field = within(request).getByRole("textbox", { name: "Name of parameter 2" });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(field.getAttribute("aria-describedby")).toBe(refusal.id);
  expect(await button(/^Extra parameters.*not saved/)).toBeTruthy();
  await user.keyboard("_hint");
  expect(within(request).queryByRole("alert"), "another name by now").toBeNull();
  await user.keyboard("{Backspace>5}");
  const first = within(request).getByRole("textbox", { name: "Value of parameter 1" });
  await user.clear(first);
  await user.type(first, "none");
  await waitFor(async () =>
    expect(await kept(), "a refused row keeps no other from being saved").toEqual([
      { name: "prompt", value: "none" },
    ]),
  );
  await user.click(within(request).getByRole("button", { name: "Remove State" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a header that Bobbin sets itself is refused as it is typed", async () => {
  await openWorld();
  await press(/^Extra parameters/);
  await press("Add header");
  await user.keyboard("authorization");
  const refusal = within(screen.getByRole("group", { name: "Headers" })).getByRole("alert");
  expect(refusal.textContent).toContain("It would carry a secret into the connection's file.");
});
