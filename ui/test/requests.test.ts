import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { EndpointKind, RequestView } from "../src/ipc/generated";
import { isLookup, shortened } from "../src/views/requests/words";
import { arrive, button, fill, goTo, MINUTE, openWorld, press, user } from "./page";
import type { World } from "./world";

const RETURN = "https://localhost:9000/return";
const ENDPOINTS: EndpointKind[] = ["issuer", "authorization", "token", "jwks", "userinfo"];

const table = () => screen.findByRole("table", { name: "Authorization requests" });
const search = () => screen.findByRole<HTMLInputElement>("searchbox", { name: "Find a request" });
const rows = async () => [...(await table()).querySelectorAll<HTMLElement>("tr[data-outcome]")];

const start = (world: World, connection: string, userLabel: string) =>
  world.call<string>("sign_in_start", { connection, userLabel });

/** A connection as to Stitch, at the sandbox. */
async function stitch(world: World): Promise<string> {
  const slug = await world.call<string>("connection_create", { preset: "stitch-test", name: "Stitch" });
  const { clientId } = await world.connection();
  const endpoints = await Promise.all(
    ENDPOINTS.map(async (kind) => ({ kind, url: await world.endpoint(kind) })),
  );
  await world.save({ clientId, endpoints, redirectMethod: "paste", redirectUri: RETURN }, slug);
  return slug;
}

/** The sign-ins of a day's work, one with each outcome. */
async function work(world: World): Promise<void> {
  await start(world, "sandbox", "Thandi Nkosi");
  await world.comesBack();
  const slug = await stitch(world);
  await world.call("sign_in_cancel", { id: await start(world, slug, "") });
  const failing = await start(world, slug, "customer 4411");
  const text = `${RETURN}?error=server_error&state=${await stateOf(world, failing)}`;
  await world.call("callback_paste", { id: failing, text });
  await start(world, "sandbox", "Lerato Mokoena");
  await world.later(11 * MINUTE);
}

const requests = (world: World) => world.call<RequestView[]>("requests");

async function stateOf(world: World, id: string): Promise<string> {
  return (await requests(world)).find((request) => request.id === id)?.state ?? "";
}

/** The state of the sign-in with Stitch that failed. */
async function failedState(world: World): Promise<string> {
  return (await requests(world)).find(({ outcome }) => outcome === "failed")?.state ?? "";
}

async function openRequests(): Promise<World> {
  const world = await openWorld(work);
  await goTo("Authorization requests");
  return world;
}

test("each request says when, with which connection, for whom and how it ended", async () => {
  const world = await openRequests();
  const name = `Stitch.*failed.*${shortened(await failedState(world))}`;
  const row = within(await table()).getByRole("row", { name: new RegExp(name) });
  expect(row.querySelector("input")?.value).toBe("customer 4411");
  expect(within(row).getByRole("button").textContent).toMatch(/\d:\d\d/);
  const outcomes = (await rows()).map((one) => one.dataset.outcome);
  expect(outcomes, "newest first").toEqual(["expired", "failed", "cancelled", "succeeded"]);
});

test("an empty list says what it will be good for", async () => {
  await openWorld();
  await goTo("Authorization requests");
  expect(await screen.findByText(/which sign-in a\s+state or a callback URL belongs to/s)).toBeTruthy();
});

test.each([
  ["a state", (state: string) => state],
  ["a callback URL", (state: string) => `${RETURN}?code=1&state=${state}`],
])("pasting %s finds its request and opens it", async (_, text) => {
  const world = await openRequests();
  fill(await search(), text(await failedState(world)));
  expect(await screen.findByText("This belongs to a sign-in with Stitch.")).toBeTruthy();
  expect(await rows()).toHaveLength(1);
  expect(within(await table()).getByText(RETURN)).toBeTruthy();
});

test("a state of nobody says so, and one that cannot be read says what to paste", async () => {
  await openRequests();
  fill(await search(), "https://x.example/return?state=unknown");
  expect(await screen.findByText(/No sign-in that was started here has this state/)).toBeTruthy();
  fill(await search(), "https://x.example/return?a=b");
  expect(await screen.findByText("This URL has no state parameter.")).toBeTruthy();
  expect(screen.getByText(/^Paste a state, a callback URL/)).toBeTruthy();
});

test("words filter the list, and are never taken for a state", async () => {
  const world = await openRequests();
  await user.type(await search(), "stitch cancelled");
  expect(await rows()).toHaveLength(1);
  expect(world.sentAs("request_find")).toHaveLength(0);
  expect(["customer 4411", "Thandi", "a b c d e f g h i j k l"].some(isLookup)).toBe(false);
});

test("the end user's name is typed over in its place, and Escape keeps the old one", async () => {
  const world = await openRequests();
  const cancelled = (await requests(world)).find(({ outcome }) => outcome === "cancelled");
  const field = within(await table()).getAllByRole<HTMLInputElement>("textbox")[2] as HTMLInputElement;
  await user.type(field, "customer 12{Enter}");
  await waitFor(async () =>
    expect((await requests(world)).find(({ id }) => id === cancelled?.id)?.userLabel).toBe("customer 12"),
  );
  await waitFor(() => expect(field.value).toBe("customer 12"));
  await user.type(field, " and more{Escape}");
  await waitFor(() => expect(field.value).toBe("customer 12"));
  expect(world.sentAs("request_label")).toEqual([{ id: cancelled?.id, label: "customer 12" }]);
});

test("a request leads to its session and to its connection", async () => {
  await openRequests();
  const openSucceeded = async () => {
    const row = (await rows()).find(({ dataset }) => dataset.outcome === "succeeded");
    await user.click(within(row as HTMLElement).getByRole("button"));
  };
  await openSucceeded();
  await press("Show session");
  await arrive("Thandi Nkosi");
  await goTo("Authorization requests");
  await openSucceeded();
  await press("Show connection");
  await arrive("Sandbox");
});

test("a sign-in that runs is in the list at once, and its end too", async () => {
  const world = await openWorld();
  await press("Sign in with browser");
  await screen.findByText(/waiting for the browser/);
  await goTo("Authorization requests");
  expect(await within(await table()).findByText("waiting")).toBeTruthy();
  await world.call("sign_in_cancel", { id: (await requests(world))[0]?.id });
  expect(await within(await table()).findByText("cancelled")).toBeTruthy();
});

test("ended requests are forgotten only after a yes", async () => {
  const world = await openRequests();
  await press("Clear ended…");
  expect(await screen.findByText(/This cannot be undone/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByText(/This cannot be undone/)).toBeNull();
  expect(world.sentAs("requests_clear")).toHaveLength(0);
  await press("Clear ended…");
  expect(document.activeElement, "Enter alone clears nothing").toBe(await button("Cancel"));
  await press("Clear");
  expect(await screen.findByText("No request yet")).toBeTruthy();
  expect(await screen.findByText("Cleared 4 requests")).toBeTruthy();
});

test("what was pasted is cleared by a button beside it, which gives the focus back", async () => {
  const world = await openRequests();
  fill(await search(), `${RETURN}?code=1&state=${await failedState(world)}`);
  await press("Clear the search");
  expect((await search()).value).toBe("");
  expect(document.activeElement).toBe(await search());
  expect(await rows()).toHaveLength(4);
  expect(screen.queryByRole("button", { name: "Clear the search" }), "there is nothing to clear").toBeNull();
});
