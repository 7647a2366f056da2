import { screen } from "@testing-library/dom";
import { expect, test } from "vitest";
import { button, choose, openWorld, press, user } from "./page";

test("the way back is checked when it is shown, and repaired where it can be", async () => {
  await openWorld((world) => world.happens({ what: "link_registration", registered: false }));
  expect(await button(/Redirect check: 1 problem/)).toBeTruthy();
  await press("Repair");
  expect(await button(/Redirect check passed/)).toBeTruthy();
});

test("each way back has a redirect URI that fits, and what was typed for one is kept", async () => {
  await openWorld();
  const uri = await screen.findByRole<HTMLInputElement>("textbox", { name: "Redirect URI" });
  await choose("Loopback");
  expect(uri.value).toBe("http://127.0.0.1:9000/callback");
  await user.clear(uri);
  await user.type(uri, "http://localhost:3000/return");
  await choose("App link");
  expect(uri.value).toBe("dev.bobbin.workbench:/oauth/callback");
  await choose("Loopback");
  expect(uri.value).toBe("http://localhost:3000/return");
  await choose("Paste");
  expect(uri.value, "anything can be pasted").toBe("http://localhost:3000/return");
});
