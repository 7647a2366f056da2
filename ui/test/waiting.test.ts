import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { WaitView } from "../src/ipc/generated";
import { timeOfDay } from "../src/words/moment";
import { goTo, MINUTE, openWorld, press, user } from "./page";
import { serve } from "./server";
import type { World } from "./world";

/** Points the sandbox connection to a token endpoint that asks to wait so many seconds, one after the other. */
async function asksToWait(world: World, ...seconds: number[]): Promise<void> {
  const url = await serve((_, response) => {
    const wait = seconds.shift();
    response.writeHead(wait ? 429 : 500, { "Retry-After": wait ?? 0 }).end();
  });
  await world.save({ endpoints: [{ kind: "token", url }], refreshPolicy: "when_needed" });
}

/** What is said of the wait for a session. */
async function wordsFor(world: World, session: string): Promise<string> {
  const wait = await waitFor(async () => {
    const waits = await world.call<WaitView[]>("waits");
    const { asked } = waits.find(({ about }) => about === session) ?? {};
    if (!asked) throw new Error("nothing waits for the session");
    return asked;
  });
  return `The server asked to wait ${wait.seconds} s. Trying again at ${timeOfDay(wait.until)}.`;
}

test("a refresh that waits says until when, and can be given up", async () => {
  let id = "";
  const world = await openWorld(async (world) => {
    ({ id } = await world.signIn());
    await asksToWait(world, 59);
  });
  await goTo("Thandi Nkosi");
  await press("Refresh…");
  await press("Refresh now");
  const panel = await screen.findByRole("region", { name: "Refresh this session" });
  const words = await wordsFor(world, id);
  expect(words).toContain("wait 59 s");
  expect(await within(panel).findByText(words)).toBeTruthy();
  await press("Stop waiting");
  await waitFor(() => expect(world.sentAs("wait_cancel")).toEqual([{ about: id }]));
  await waitFor(() => expect(screen.queryByText(words)).toBeNull());
});

test("a run that waits says so in the place of the answer, and the wait of another session is not its", async () => {
  const [another, own] = [{ person: "Pieter van der Merwe" }, { person: "Thandi Nkosi" }];
  let others = "";
  let id = "";
  const world = await openWorld(async (world) => {
    others = (await world.signIn(another)).id;
    id = (await world.signIn(own)).id;
    await world.later(20 * MINUTE);
    await asksToWait(world, 60, 59);
  });
  const refusal = world.refusal("session_refresh", { id: others, generation: 1, scopes: null });
  const othersWords = await wordsFor(world, others);
  await goTo("AccountBalances");
  await press(/^Run/);
  const words = await wordsFor(world, id);
  const region = await screen.findByRole("region", { name: "Response" });
  expect(await within(region).findByText(words)).toBeTruthy();
  expect(within(region).queryByText(othersWords)).toBeNull();
  await user.click(within(region).getByRole("button", { name: "Stop waiting" }));
  await waitFor(() => expect(within(region).queryByText(words)).toBeNull());
  expect(world.sentAs("wait_cancel")).toEqual([{ about: id }]);
  expect(await world.call<WaitView[]>("waits")).toMatchObject([{ about: others }]);
  await world.call("wait_cancel", { about: others });
  expect(await refusal).toBe("wait_cancelled");
});
