import { writeFile } from "node:fs/promises";
import { screen, waitFor, within } from "@testing-library/dom";
import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import { button, goTo, openOn, press, user } from "./page";
import { addQuery, answered, atQuery, picker, region, run, runAs, runs, text, typeIn } from "./query";
import { serve } from "./server";

const TWO = "query A { user { __typename } }\n\nquery B { banks { name } }\n";

const picked = async () => (await picker()).textContent;

test("a run is sent with the session's id and shows status, time and size", async () => {
  const world = await atQuery();
  await typeIn("Variables", '{ "first": 3 }');
  const response = within(await run());
  expect(response.getByRole("group", { name: "Summary" }).textContent).toMatch(/^200 \d.* m?s \d.* k?B/);
  expect(response.queryByRole("alert")).toBeNull();
  const [session] = (await world.overview()).connections.flatMap(({ sessions }) => sessions);
  expect(runs(world)[0]).toMatchObject({
    session: session?.id,
    operationName: null,
    variables: '{ "first": 3 }',
  });
});

test("variables that are not JSON are marked with their place and nothing is sent", async () => {
  const world = await atQuery();
  await typeIn("Variables", "\n{,");
  expect(await screen.findByText("Line 2, column 2: Variables are not JSON")).toBeTruthy();
  await press(/^Run/);
  const card = await within(await region()).findByRole("alert");
  expect(card.dataset.code).toBe("variables_malformed");
  expect(card.textContent).toContain("Nothing was sent. Fix the variables at line 2, column 2");
  expect(runs(world)).toHaveLength(0);
  await typeIn("GraphQL document", "# mine\n");
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("a run can be cancelled, and the card says what that means", async () => {
  let asked = () => {};
  const arrived = new Promise<void>((done) => (asked = done));
  const url = await serve(() => asked());
  await atQuery(async (world) => {
    await world.signIn();
    await world.save({ endpoints: [{ kind: "graphql", url }] });
  });
  await press(/^Run/);
  await arrived;
  await press(/^Cancel/);
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("run_cancelled");
  expect(card.textContent).toContain("may still have taken effect");
  expect(await button(/^Run again/)).toBeTruthy();
});

test("a reply that is not JSON is shown as it came", async () => {
  const url = await serve((_, reply) => {
    reply.writeHead(502, { "Content-Type": "text/html" });
    reply.end("<html>\n<body>502 Bad Gateway</body>\n</html>\n");
  });
  await atQuery(async (world) => {
    await world.signIn();
    await world.save({ endpoints: [{ kind: "graphql", url }] });
  });
  expect((await run(502)).textContent).toContain("not JSON · text/html");
  expect((await text("Response body")).textContent).toContain("502 Bad Gateway");
});

test("a query runs with the live session unless another was chosen, and the choice is remembered", async () => {
  const world = await atQuery(async (world) => {
    await world.signIn({ person: "Lerato Mokoena" });
    await world.faults("token-expires-in-negative");
    await world.signIn();
  });
  expect(await picked()).toContain("Lerato Mokoena");
  await runAs(/Thandi Nkosi/);
  await openOn(world);
  await goTo("AccountBalances");
  expect(await picked()).toContain("Thandi Nkosi");
});

test("of several operations one is picked", async () => {
  const world = await atQuery(async (world) => {
    await world.signIn();
    await addQuery(world, "Two", TWO);
  }, "Two");
  await press("Operation");
  await user.click(await screen.findByRole("menuitem", { name: "query B" }));
  await run();
  expect(runs(world)).toMatchObject([{ operationName: "B" }]);
  expect((await text("Response body")).textContent).toContain('"banks"');
});

test("an operation runs only while the cursor is in it; otherwise one is asked for", async () => {
  const world = await atQuery(async (world) => {
    await world.signIn();
    await addQuery(world, "Two", TWO);
  }, "Two");
  const editor = await text("GraphQL document");
  const content = EditorView.findFromDOM(editor) as EditorView;
  const put = (at: number) => content.dispatch({ selection: { anchor: at } });
  const document = "query A { __typename }\nmutation B { pay }\n\n";
  editor.focus();
  content.dispatch({ changes: { from: 0, to: content.state.doc.length, insert: document } });
  put(document.length);
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByRole("menuitem", { name: "query A" })).toBeTruthy();
  expect(runs(world), "what stands above the cursor does not run").toHaveLength(0);
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("menuitem", { name: "query A" })).toBeNull();
  await press("Operation");
  await user.click(await screen.findByRole("menuitem", { name: "mutation B" }));
  expect(runs(world), "picking alone runs nothing").toHaveLength(0);
  put(4);
  await user.keyboard("{Control>}{Enter}{/Control}");
  await answered(200);
  expect(runs(world)).toMatchObject([{ operationName: "A" }]);
  put(document.length);
  await press(/^Run/);
  await user.click(await screen.findByRole("menuitem", { name: "mutation B" }));
  await waitFor(() => expect(runs(world)).toHaveLength(2));
  expect(runs(world)[1]).toMatchObject({ operationName: "B" });
});

test("without a session Ctrl Enter signs in, and presses no button that has the focus", async () => {
  const world = await atQuery(async () => {});
  (await button("New query")).focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(async () => expect((await world.seen()).opened).toHaveLength(1));
  await press("PKCE pair checker");
  (await button("New query")).focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(screen.queryByRole("textbox", { name: "Name" })).toBeNull();
  expect(world.sentAs("sign_in_start")).toHaveLength(1);
});

test("without a session the pane teaches what to do first", async () => {
  await atQuery(async () => {});
  expect((await region()).textContent).toMatch(/through\s+Sandbox\s+LOCAL/);
  expect(within(await region()).getByRole("button", { name: "Sign in with browser" })).toBeTruthy();
});

test("without a session a connection that cannot be read is not offered for the sign-in", async () => {
  const world = await atQuery(async (world) => {
    await world.call("connection_create", { preset: "stitch-live", name: "Stitch" });
    const { workspace } = (await world.overview()).status;
    await writeFile(`${workspace}/connections/sandbox.toml`, "not TOML");
  });
  expect((await region()).textContent).toMatch(/through\s+Stitch\s+LIVE/);
  await user.click(within(await region()).getByRole("button", { name: "Sign in with browser" }));
  await waitFor(() => expect(world.sentAs("sign_in_start")).toMatchObject([{ connection: "stitch" }]));
});

test("a response says whose it is and of when, and that it is an earlier one once anything differs", async () => {
  await atQuery(async (world) => {
    await world.signIn({ person: "Lerato Mokoena" });
    await world.signIn();
  });
  await runAs(/Thandi/);
  const summary = within(await run()).getByRole("group", { name: "Summary" });
  expect(summary.textContent).toMatch(/as Thandi Nkosi · \d\d:\d\d:\d\d/);
  expect(summary.textContent).not.toContain("from an earlier run");
  await runAs(/Lerato/);
  await waitFor(() => expect(summary.textContent).toContain("from an earlier run"));
  expect(summary.textContent).toContain("as Thandi Nkosi");
  await runAs(/Thandi/);
  await waitFor(() => expect(summary.textContent).not.toContain("from an earlier run"));
  await typeIn("Variables", " ");
  await waitFor(() => expect(summary.textContent).toContain("from an earlier run"));
});
