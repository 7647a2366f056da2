import { writeFile } from "node:fs/promises";
import { screen, waitFor, within } from "@testing-library/dom";
import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import { arrive, button, close, goTo, openOn, openWorld, press, user } from "./page";
import { atQuery, path, queryOf, text, typeIn } from "./query";
import type { World } from "./world";

/** Writes the file of AccountBalances, as an editor outside of Bobbin does. */
async function writeOutside(world: World, document: string) {
  const { workspace } = (await world.overview()).status;
  await writeFile(`${workspace}/${(await queryOf(world)).file}`, document);
}

const names = async (world: World) => (await world.overview()).queries.map(({ name }) => name);
const rename = async (to: string) => {
  const name = await screen.findByRole("textbox", { name: "Name" });
  await user.clear(name);
  await user.type(name, to);
  await press("Rename");
  await arrive(to);
};

test("what is typed makes the query dirty and is kept as a draft, not in the file", async () => {
  const world = await atQuery();
  expect(await button("Save")).toHaveProperty("disabled", true);
  await typeIn("GraphQL document", "# mine\n");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
  await waitFor(async () => expect((await queryOf(world)).draft?.document).toMatch(/^# mine/));
  expect((await queryOf(world)).document).not.toContain("# mine");
});

test("a draft is there again after a restart", async () => {
  const world = await atQuery();
  await typeIn("GraphQL document", "# mine\n");
  await goTo("Sandbox");
  await waitFor(async () => expect((await queryOf(world)).draft).not.toBeNull());
  await close();
  await world.restart();
  await openOn(world);
  await goTo("AccountBalances");
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
});

test("saving writes the file, ends the dirt and needs no draft", async () => {
  const world = await atQuery();
  await typeIn("GraphQL document", "# mine\n");
  await user.keyboard("{Control>}s{/Control}");
  await waitFor(async () => expect((await queryOf(world)).document).toMatch(/^# mine/));
  await waitFor(() => expect(screen.queryByLabelText("Not saved")).toBeNull());
  // A draft that still had to be kept would be, when its query is left.
  await goTo("Sandbox");
  const commands = world.sent.map(({ command }) => command);
  expect(commands.slice(commands.indexOf("query_save"))).not.toContain("query_draft");
  expect((await queryOf(world)).draft).toBeNull();
});

test("a file that changed outside is shown unless something is typed", async () => {
  const world = await atQuery();
  await writeOutside(world, "# outside\nquery AccountBalances { __typename }\n");
  await waitFor(async () => expect((await text("GraphQL document")).textContent).toContain("# outside"));
  await typeIn("GraphQL document", "# mine\n");
  // The first line gives the query another name, so that one sees when the page has read it.
  await writeOutside(world, "# Account balances\nquery AccountBalances { __typename }\n");
  await arrive("Account balances");
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Drop unsaved changes" }));
  await waitFor(async () => {
    expect((await text("GraphQL document")).textContent).toMatch(/^# Account balances/);
  });
});

test("a new query has its operation in PascalCase and its first field selected, and a name only once", async () => {
  const world = await openWorld();
  await press("New query");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Refund status");
  await press("Create");
  await arrive("Refund status");
  const editor = await text("GraphQL document");
  await waitFor(() => expect(document.activeElement).toBe(editor));
  const { state } = EditorView.findFromDOM(editor) as EditorView;
  expect(state.doc.toString()).toMatch(/^query RefundStatus \{/m);
  expect(state.sliceDoc(state.selection.main.from, state.selection.main.to)).toBe("__typename");
  await press("New query");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "refund Status");
  expect(await screen.findByText("A query with this name already exists.")).toBeTruthy();
  await user.keyboard("{Enter}");
  expect(await button("Create")).toHaveProperty("disabled", true);
  expect(world.sentAs("query_create")).toHaveLength(1);
});

test("queries are made, renamed, duplicated, deleted and brought back", async () => {
  const world = await openWorld();
  await press("New query");
  await user.type(await screen.findByRole("textbox", { name: "Name" }), "Balances today");
  await press("Create");
  await arrive("Balances today");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Rename or move…" }));
  await rename("Balances now");
  expect(await names(world)).not.toContain("Balances today");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Duplicate" }));
  await arrive("Balances now copy");
  const copy = (await world.overview()).queries.find(({ name }) => name === "Balances now copy");
  expect((await queryOf(world, copy?.path)).document).not.toContain("# Balances now\n");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the query" }));
  await waitFor(async () => expect(await names(world)).not.toContain("Balances now copy"));
  await press("Undo");
  await arrive("Balances now copy");
  const things = screen.getByRole("navigation", { name: "Things" });
  expect(await within(things).findByRole("button", { name: "Balances now copy" })).toBeTruthy();
  expect(await names(world)).toEqual(expect.arrayContaining(["Balances now", "Balances now copy"]));
});

test("a query that was deleted comes back as the file was, with what was typed as its draft", async () => {
  const world = await atQuery();
  const saved = (await queryOf(world)).document;
  await typeIn("GraphQL document", "# mine\n");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the query" }));
  await waitFor(async () => expect(await names(world)).not.toContain("AccountBalances"));
  await press("Undo");
  await arrive("AccountBalances");
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
  expect((await queryOf(world, path)).document).toBe(saved);
});

test("a rename saves nothing unasked and takes what was typed along", async () => {
  const world = await atQuery();
  const saved = (await queryOf(world)).document;
  await typeIn("GraphQL document", "# mine\n");
  await user.keyboard("{F2}");
  await rename("Morning check");
  expect((await text("GraphQL document")).textContent).toContain("# mine");
  expect(await screen.findByLabelText("Not saved")).toBeTruthy();
  const renamed = await queryOf(world, "accounts/morning-check");
  expect(renamed.document, "its name is all that changed").toBe(`# Morning check\n${saved}`);
  expect(world.sentAs("query_save")).toHaveLength(0);
});
