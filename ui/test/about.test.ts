import { screen, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, open, press, user } from "./page";

test("the palette finds what Bobbin this is, and all of it is copied as text", async () => {
  const application = await open();
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("about{Enter}");
  await arrive("About Bobbin");
  const version = await screen.findByRole("region", { name: "Version" });
  for (const text of ["0.1.0", "0123456789ab", "2026-11-28", "WebKitGTK 2.50.6"])
    expect(within(version).getByText(text)).toBeTruthy();
  await press("Copy Folders: Logs");
  expect(application.copied.at(-1)).toBe("/home/you/.local/share/dev.bobbin.workbench/logs");
  await press("Copy all");
  expect(application.copied.at(-1)).toMatch(/^Version\nBobbin: 0\.1\.0\nCommit: 0123456789ab\n/);
  expect(application.copied.at(-1)).toMatch(/Workspace: \/home\/you/);
  expect(application.copied.at(-1)).toContain("Bobbin: MIT OR Apache-2.0");
});

test("the licenses of the components are shown and copied when somebody asks for them", async () => {
  const application = await open();
  await press("About Bobbin");
  await press("Show licenses of components");
  const text = await screen.findByLabelText("Licenses of components");
  expect(text.textContent).toContain("Permission is hereby granted");
  await press("Copy licenses of components");
  expect(application.copied.at(-1)).toBe(text.textContent);
});

test("a button beside the theme leads to it", async () => {
  await open();
  await press("About Bobbin");
  await arrive("About Bobbin");
});
