import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, button, openWorld, press, reload, user } from "./page";
import type { World } from "./world";

const file = async (world: World) => `${(await world.overview()).status.workspace}/connections/sandbox.toml`;

const field = (name: string) => screen.findByRole<HTMLInputElement>("textbox", { name });

/** As an editor or a `git pull` does. */
function edit(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

/** Another client ID than `before`, which is not saved yet. */
async function typing(): Promise<{ world: World; path: string; before: string }> {
  const world = await openWorld();
  const path = await file(world);
  const id = await field("Client ID");
  const before = id.value;
  await user.clear(id);
  await user.type(id, "test-mine");
  return { world, path, before };
}

/** Types into the form and, before that is saved, edits the same setting in the file. */
async function disagree() {
  const { world, path, before } = await typing();
  edit(path, /client_id = ".*"/, 'client_id = "test-theirs"');
  const card = await screen.findByRole("alert", { name: /changed outside Bobbin/ });
  return { world, path, before, card };
}

test("what was typed and what the file says by then are compared, and nothing is saved before somebody decides", async () => {
  const { world, path, card } = await disagree();
  expect(card.textContent).toContain("Client ID");
  await user.click(within(card).getByRole("button", { name: "Compare" }));
  const both = within(card).getByRole("row", { name: /Client ID/ });
  expect(
    within(both)
      .getAllByRole("cell")
      .map((cell) => cell.textContent),
  ).toEqual(["test-mine", "test-theirs"]);
  const saves = world.sentAs("connection_save").length;
  (await field("Client ID")).blur();
  await user.type(await field("Redirect URI"), "x{Backspace}{Tab}");
  expect(world.sentAs("connection_save")).toHaveLength(saves);
  expect(readFileSync(path, "utf8")).toContain("test-theirs");
});

test("a page that is loaded again still asks, and has saved nothing", async () => {
  const { world, path } = await disagree();
  await waitFor(async () => expect(JSON.stringify(await world.call("page_held"))).toContain("test-mine"));
  await reload(world);
  await screen.findByRole("alert", { name: /changed outside Bobbin/ });
  expect((await field("Client ID")).value).toBe("test-mine");
  expect(readFileSync(path, "utf8")).toContain("test-theirs");
});

test("Keep mine also keeps what was typed back to how it was", async () => {
  const { path, before, card } = await disagree();
  const id = await field("Client ID");
  await user.clear(id);
  await user.type(id, before);
  await user.click(within(card).getByRole("button", { name: "Keep mine" }));
  await waitFor(() => expect(readFileSync(path, "utf8")).toContain(`client_id = "${before}"`));
  expect(id.value).toBe(before);
});

test("nobody signs in with a client that the form does not show", async () => {
  const { world } = await disagree();
  await press("Sign in with browser");
  await screen.findByRole("alert", { name: /changed outside Bobbin/ });
  expect(world.sentAs("sign_in_start")).toEqual([]);
  await press("Keep mine");
  await waitFor(() => expect(screen.queryByRole("alert", { name: /changed outside/ })).toBeNull());
  await press("Sign in with browser");
  await waitFor(async () => expect((await world.seen()).opened.at(-1)).toContain("client_id=test-mine"));
});

test("a sign-in right after an edit from outside uses what was typed", async () => {
  const { world, path } = await typing();
  edit(path, 'name = "Sandbox"', 'name = "Renamed"');
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(async () => expect((await world.seen()).opened.at(-1)).toContain("client_id=test-mine"));
});

test("Keep mine writes what was typed into the file as it is by then", async () => {
  const { path, card } = await disagree();
  edit(path, 'name = "Sandbox"', 'name = "Renamed"');
  await user.click(within(card).getByRole("button", { name: "Keep mine" }));
  await waitFor(() => expect(readFileSync(path, "utf8")).toContain('client_id = "test-mine"'));
  expect(readFileSync(path, "utf8")).toContain('name = "Renamed"');
  await waitFor(() => expect(screen.queryByRole("alert", { name: /changed outside/ })).toBeNull());
});

test("Take theirs shows what the file says and leaves it as it is", async () => {
  const { path, card } = await disagree();
  await user.click(within(card).getByRole("button", { name: "Take theirs" }));
  await waitFor(async () => expect((await field("Client ID")).value).toBe("test-theirs"));
  expect(screen.queryByRole("alert", { name: /changed outside/ })).toBeNull();
  expect(readFileSync(path, "utf8")).toContain("test-theirs");
});

test("an edit of another setting from outside joins what was typed without a question", async () => {
  const { path } = await typing();
  edit(path, 'name = "Sandbox"', 'name = "Renamed"');
  await waitFor(() => expect(readFileSync(path, "utf8")).toContain('client_id = "test-mine"'));
  expect(readFileSync(path, "utf8")).toContain('name = "Renamed"');
  await arrive("Renamed");
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a connection whose file cannot be read can be deleted, and Undo brings the file back byte for byte", async () => {
  const broken = 'name = "Sandbox"\nclient_id = \n';
  let path = "";
  await openWorld(async (world) => {
    path = await file(world);
    writeFileSync(path, broken);
  });
  await arrive("sandbox");
  expect((await screen.findByRole("alert")).textContent).toContain(
    "connections/sandbox.toml cannot be read (line 2).",
  );
  expect(document.title).not.toContain("LIVE");
  await press("More actions");
  await user.click(screen.getByRole("menuitem", { name: "Delete the connection" }));
  await button("Undo");
  expect(existsSync(path)).toBe(false);
  await press("Undo");
  await waitFor(() => expect(readFileSync(path, "utf8")).toBe(broken));
  await arrive("sandbox");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Undo" })).toBeNull());
  expect(screen.getAllByRole("alert")).toHaveLength(1);
});

test("a connection's file is opened and shown in its folder, also where it cannot be read", async () => {
  const world = await openWorld();
  const path = await file(world);
  for (const broken of [false, true]) {
    if (broken) writeFileSync(path, "name = \n");
    await reload(world);
    for (const name of ["Open file", "Show in folder"]) {
      await press("More actions");
      await user.click(screen.getByRole("menuitem", { name }));
    }
  }
  const both = [{ opened: path }, { shown: path }];
  await waitFor(async () => expect((await world.seen()).files).toEqual([...both, ...both]));
  expect(await world.refusal("file_open", { file: "connections/../../id_rsa" })).toBe("name_invalid");
  expect(await world.refusal("file_open", { file: "README.md" })).toBe("name_invalid");
});

test("a file that nothing opens or shows says which of the two failed, and where it is", async () => {
  const world = await openWorld();
  const path = await file(world);
  await world.happens({ what: "files_fail", reason: "xdg-open: exit status 3" });
  for (const [name, message] of [
    ["Open file", "No program on this computer opened the file."],
    ["Show in folder", "No file manager on this computer showed the file."],
  ] as const) {
    await press("More actions");
    await user.click(screen.getByRole("menuitem", { name }));
    await waitFor(() => expect(document.body.textContent).toContain(message));
  }
  expect(document.body.textContent).toContain(`Open it yourself: ${path}`);
});

test("a connection that Undo could not bring back is not deleted", async () => {
  const world = await openWorld();
  const path = await file(world);
  const large = `# ${"x".repeat(2 << 20)}\n`;
  writeFileSync(path, large);
  expect(await world.refusal("connection_delete", { slug: "sandbox" })).toBe("file_too_large");
  expect(readFileSync(path, "utf8")).toBe(large);
});

test("a form whose file can no longer be read says so, and goes on when it can", async () => {
  const world = await openWorld();
  const path = await file(world);
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, `<<<<<<< HEAD\n${whole}`);
  const card = await screen.findByRole("alert");
  expect(card.textContent).toContain("connections/sandbox.toml cannot be read (line 1).");
  writeFileSync(path, whole);
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});
