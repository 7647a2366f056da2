import { screen, waitFor } from "@testing-library/dom";
import type { QueryView, RunRequest } from "../src/ipc/generated";
import { goTo, openWorld, press, user } from "./page";
import type { World } from "./world";

/** Of the query AccountBalances. */
export const path = "accounts/account-balances";

export const region = () => screen.findByRole("region", { name: "Response" });
/** The region of the response, once the server has answered with this status. */
export async function answered(status: number): Promise<HTMLElement> {
  const pane = await region();
  await waitFor(() => {
    if (pane.dataset.status !== String(status)) throw new Error(`${pane.dataset.status} is not ${status}`);
  });
  return pane;
}

/** Runs the query; gives the region of the response once the server has answered with this status. */
export async function run(status = 200): Promise<HTMLElement> {
  await press(/^Run/);
  return answered(status);
}

/** Shows whose tokens a run is sent with. */
export const picker = () => screen.findByRole("combobox", { name: "Session" });

/** Chooses the session that the query runs with. */
export async function runAs(name: RegExp): Promise<void> {
  await user.click(await picker());
  await user.click(await screen.findByRole("option", { name }));
}

export const text = (name: string) => screen.findByRole("textbox", { name });

/** Puts words at the beginning of an editor, as a paste does. */
export async function typeIn(name: string, words: string): Promise<void> {
  const content = await text(name);
  content.focus();
  const clipboardData = { getData: () => words };
  content.dispatchEvent(
    Object.assign(new Event("paste", { bubbles: true, cancelable: true }), { clipboardData }),
  );
}

/** Opens the page at a query, after `before` was done; somebody is signed in otherwise. */
export async function atQuery(
  before: (world: World) => Promise<unknown> = (world) => world.signIn(),
  name = "AccountBalances",
): Promise<World> {
  const world = await openWorld(before);
  await goTo(name);
  await text("GraphQL document");
  return world;
}

export const queryOf = (world: World, at = path) => world.call<QueryView>("query", { path: at });

/** Adds a query at the top of the list. */
export const addQuery = (world: World, name: string, document: string) =>
  world.call<string>("query_create", { folder: "", name, document, variables: "" });

/** The runs that the page has asked for. */
export const runs = (world: World) => world.sentAs("query_run").map(({ request }) => request as RunRequest);
