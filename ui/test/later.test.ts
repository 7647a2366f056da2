import { screen, waitFor } from "@testing-library/dom";
import { mount, unmount, type Component } from "svelte";
import { expect, onTestFinished, test } from "vitest";
import Icon from "../src/components/Icon.svelte";
import Later from "../src/components/Later.svelte";
import { press } from "./page";

test("a view whose script cannot be loaded says so, and is there once it could be loaded again", async () => {
  const answers = [Promise.reject(new TypeError("Importing a module script failed.")), { default: Icon }];
  const load = () => Promise.resolve(answers.shift());
  const props = { load, name: "check" } as never;
  const later = mount(Later as unknown as Component, { target: document.body, props });
  onTestFinished(() => unmount(later));

  const said = await screen.findByRole("alert");
  expect(said.textContent, "the cause is for whoever reports it").toContain(
    "Importing a module script failed.",
  );
  await waitFor(() =>
    expect(document.documentElement.dataset.ready, "it is all there is to see").toBe("true"),
  );
  await press("Try again");

  await waitFor(() => expect(document.querySelector("svg"), "the view is there").not.toBeNull());
  expect(screen.queryByRole("alert")).toBeNull();
});
