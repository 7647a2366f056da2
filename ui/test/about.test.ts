import { join } from "node:path";
import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, openWorld, press, user } from "./page";
import type { World } from "./world";

const copied = async (world: World) => (await world.seen()).copied.at(-1);

test("the palette finds what Bobbin this is, and all of it is copied as text", async () => {
  const world = await openWorld();
  const { version, status } = await world.overview();
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("about{Enter}");
  await arrive("About Bobbin");
  const card = await screen.findByRole("region", { name: "Version" });
  for (const text of [version, "0123456789ab", "2026-01-31", "of a browser"])
    expect(within(card).getByText(text)).toBeTruthy();
  await press("Copy Folders: Logs");
  await waitFor(async () => expect(await copied(world)).toBe(join(status.workspace, "logs")));
  await press("Copy all");
  const start = `Version\nBobbin: ${version}\nCommit: 0123456789ab\n`;
  await waitFor(async () => expect((await copied(world))?.startsWith(start)).toBe(true));
  expect(await copied(world)).toContain(`Workspace: ${status.workspace}`);
  expect(await copied(world)).toContain("Bobbin: MIT OR Apache-2.0");
});

test("the licenses of the components are shown and copied when somebody asks for them", async () => {
  const world = await openWorld();
  await press("About Bobbin");
  await press("Show licenses of components");
  const text = await screen.findByLabelText("Licenses of components");
  expect(text.textContent).toContain("A license's text.");
  await press("Copy licenses of components");
  await waitFor(async () => expect(await copied(world)).toBe(text.textContent));
});

test("a button beside the theme leads to it", async () => {
  await openWorld();
  await press("About Bobbin");
  await arrive("About Bobbin");
});
