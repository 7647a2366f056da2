import { readFile, writeFile } from "node:fs/promises";
import { screen, waitFor } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, goTo, openWorld, press, user } from "./page";
import { atQuery, typeIn } from "./query";
import type { World } from "./world";

/** The commands that answer what the page shows, and that a change makes it ask for again. */
const VIEWS = [
  "overview",
  "connection",
  "session",
  "query",
  "requests",
  "sign_in",
  "sandbox_faults",
  "waits",
];
/** Longer than the watcher of the workspace's files waits, for it would tell an edit of its own a second time. */
const WATCHED_MS = 600;

const pause = () => new Promise((done) => setTimeout(done, WATCHED_MS));

/** How often the page asks for each view because of what `act` does, which ends with its effect on the screen. */
async function asked(world: World, act: () => Promise<unknown>): Promise<Record<string, number>> {
  // What came before has its answers by then.
  await pause();
  const before = world.sent.length;
  await act();
  await pause();
  const sent = world.sent.slice(before).filter(({ command }) => VIEWS.includes(command));
  return sent.reduce<Record<string, number>>((counts, { command }) => {
    counts[command] = (counts[command] ?? 0) + 1;
    return counts;
  }, {});
}

async function openSession(): Promise<World> {
  const world = await openWorld((world) => world.signIn({ person: "Thandi Nkosi" }));
  await goTo("Thandi Nkosi");
  await screen.findByRole("group", { name: "Access token" });
  return world;
}

const item = async (name: RegExp | string) => {
  await press("More actions");
  await user.click(await screen.findByRole("menuitem", { name }));
};

test("a session that is renamed is asked for once, and so is the list", async () => {
  const world = await openSession();
  const counts = await asked(world, async () => {
    await user.keyboard("{F2}");
    const field = await screen.findByRole("textbox", { name: "Name of the session" });
    await user.clear(field);
    await user.type(field, "Main test user{Enter}");
    await arrive("Main test user");
  });
  expect(counts).toEqual({ overview: 1, session: 1 });
});

test("a refresh is told when it is on its way and when it has ended, each of which is asked for once", async () => {
  const world = await openSession();
  const counts = await asked(world, async () => {
    await press("Refresh…");
    await press("Refresh now");
    await screen.findByText(/generation 2/);
  });
  expect(counts).toMatchObject({ overview: 2, session: 2 });
});

test("a session that is deleted is asked for no more, and is there again after one question", async () => {
  const world = await openSession();
  const deleted = await asked(world, async () => {
    await item(/Delete session/);
    await arrive("Sandbox");
  });
  expect(deleted).toEqual({ overview: 1, connection: 1, sign_in: 1 });
  const restored = await asked(world, async () => {
    await press("Undo");
    await arrive("Thandi Nkosi");
  });
  expect(restored).toEqual({ overview: 1, session: 1 });
});

test("a connection that is saved is asked for once, and so is the list", async () => {
  const world = await openWorld();
  const name = await screen.findByRole("textbox", { name: "Client ID" });
  const counts = await asked(world, async () => {
    await user.type(name, "x");
    await waitFor(() => expect(world.sentAs("connection_save")).toHaveLength(1));
    await screen.findByText("Saved");
  });
  expect(counts).toEqual({ overview: 1, connection: 1 });
});

test("a query that is saved, renamed, duplicated, deleted or brought back is asked for once each time", async () => {
  const world = await atQuery(async () => undefined);
  const saved = await asked(world, async () => {
    await typeIn("GraphQL document", "# mine\n");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(world.sentAs("query_save")).toHaveLength(1));
    await waitFor(() => expect(screen.queryByLabelText("Not saved")).toBeNull());
  });
  expect(saved).toEqual({ overview: 1, query: 1 });
  const renamed = await asked(world, async () => {
    await user.keyboard("{F2}");
    const field = await screen.findByRole("textbox", { name: "Name" });
    await user.clear(field);
    await user.type(field, "Balances now");
    await press("Rename");
    await arrive("Balances now");
  });
  expect(renamed).toEqual({ overview: 1, query: 1 });
  const duplicated = await asked(world, async () => {
    await item("Duplicate");
    await arrive("Balances now copy");
  });
  expect(duplicated).toEqual({ overview: 1, query: 1 });
  const deleted = await asked(world, async () => {
    await item("Delete the query");
    await arrive("Sandbox");
  });
  expect(deleted).toEqual({ overview: 1, connection: 1, sign_in: 1 });
  const restored = await asked(world, async () => {
    await press("Undo");
    await arrive("Balances now copy");
  });
  expect(restored).toEqual({ overview: 1, query: 1 });
});

test("a file that others edit is asked for once, and no other", async () => {
  const world = await openWorld((world) =>
    world.call("connection_create", { preset: "stitch-test", name: "Stitch" }),
  );
  await goTo("Stitch");
  await goTo("Sandbox");
  const counts = await asked(world, async () => {
    const file = `${(await world.overview()).status.workspace}/connections/sandbox.toml`;
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/^name = .*$/m, 'name = "Sandbox of mine"'));
    await arrive("Sandbox of mine");
  });
  expect(counts).toEqual({ overview: 1, connection: 1 });
});
