import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { Application } from "../src/dev/application";
import { calls, goTo, open, press, thandi } from "./page";

/** As the engine tells that the server answered 429. */
async function wait(application: Application, about: string): Promise<void> {
  const until = new Date(2026, 10, 21, 14, 3, 20).getTime();
  application.waiting = [{ about, connection: "sandbox", asked: { seconds: 20, until } }];
  await application.changed({ what: "waits" });
}

const words = "The server asked to wait 20 s. Trying again at 14:03:20.";

test("a refresh that waits says until when, and can be given up", async () => {
  const application = await open({ sessions: [thandi()] });
  Object.assign(application, { session_refresh: () => new Promise(() => undefined) });
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press("Refresh now");
  await wait(application, "thandi");
  const panel = await screen.findByRole("region", { name: "Refresh this session" });
  expect(await within(panel).findByText(words)).toBeTruthy();
  await press("Stop waiting");
  await waitFor(() => expect(calls(application, "wait_cancel")[0]?.args).toEqual({ about: "thandi" }));
  await waitFor(() => expect(screen.queryByText(words)).toBeNull());
});

test("a run that waits says so in the place of the answer, and the wait of another session is not its", async () => {
  const application = await open({ sessions: [thandi()], answer: "never" });
  await goTo("AccountBalances");
  await press(/^Run/);
  await wait(application, "somebody-else");
  await wait(application, "thandi");
  const region = await screen.findByRole("region", { name: "Response" });
  expect(await within(region).findByText(words)).toBeTruthy();
  await wait(application, "somebody-else");
  await waitFor(() => expect(within(region).queryByText(words)).toBeNull());
});
