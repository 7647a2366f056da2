import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { button, fill, goTo, MINUTE, openWorld, press, user } from "./page";
import type { World } from "./world";

const NAME = "Inspect a token or URL…";

const field = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "What to inspect" });
const nonce = () => screen.findByRole<HTMLInputElement>("textbox", { name: /^nonce/ });
const summary = (words: RegExp) =>
  waitFor(() => expect(screen.getByText(words).closest("[role=status]")).toBeTruthy());
const requests = (world: World) =>
  world.sentAs("inspect").map(({ request }) => request as Record<string, unknown>);
const chooseSandbox = async () =>
  user.selectOptions(await screen.findByRole("combobox", { name: "Connection" }), "sandbox");

/** The view on a Bobbin with one session of ten seconds ago, whose tokens these are. */
async function openInspect(before?: (world: World) => Promise<unknown>) {
  let id = "";
  const world = await openWorld(async (world) => {
    ({ id } = await world.signIn());
    await world.later(10_000);
    await before?.(world);
  });
  const reveal = (secret: string) => world.call<string>("session_reveal", { id, secret });
  const [token, access] = [await reveal("id_token"), await reveal("access_token")];
  await user.keyboard("{Control>}i{/Control}");
  await field();
  return { world, token, access, reply: JSON.stringify({ access_token: access, id_token: token }) };
}

test("its shortcut opens it with the field focused, and it says what can be pasted and that nothing is kept", async () => {
  const { world } = await openInspect();
  await waitFor(async () => expect(document.activeElement).toBe(await field()));
  expect(await screen.findByText("Nothing pasted is stored or sent.")).toBeTruthy();
  expect(screen.getByText("A callback URL")).toBeTruthy();
  expect(requests(world)).toEqual([]);
});

test("what it is comes first, then the claims with their times, then the checks", async () => {
  const { token } = await openInspect();
  fill(await field(), token);
  await summary(/^An id_token of http:\/\/127\.0\.0\.1:\d+ for test-18fbd892/);
  const claims = within(await screen.findByRole("table", { name: "Payload" }));
  expect(claims.getByRole("row", { name: /exp.*Expires in 4:/ })).toBeTruthy();
  expect(claims.getByRole("row", { name: /iat.*Issued \d+ s ago/ })).toBeTruthy();
  const checks = within(screen.getByRole("region", { name: "Checks" }));
  expect(checks.getByText("3 passed · 9 skipped")).toBeTruthy();
  await user.click(checks.getByRole("button", { name: /^Signature/ }));
  expect(checks.getAllByText(/Choose a connection, or paste a JWKS/).length).toBeGreaterThan(0);
});

test("an unchecked signature is never called right", async () => {
  const { token } = await openInspect();
  fill(await field(), token);
  await summary(/its signature was not checked/);
  expect(screen.queryByText("Right:")).toBeNull();
  expect(screen.getByText("Recognized:")).toBeTruthy();
});

test("a wrong nonce is a failed check with what to do and its code", async () => {
  const { token } = await openInspect();
  fill(await field(), token);
  await press(/^Check against/);
  fill(await nonce(), "another");
  const row = await screen.findByRole("button", { name: /^Nonce/ });
  await waitFor(() => expect(row.closest("li")?.dataset.outcome).toBe("failed"));
  await user.click(row);
  const item = within(row.closest("li") as HTMLElement);
  expect(item.getByText("id_token_nonce_mismatch")).toBeTruthy();
  expect(item.getByText(/it belongs to another sign-in/)).toBeTruthy();
  expect(screen.getByText("Wrong:")).toBeTruthy();
});

test("a connection's keys are fetched by their button and by nothing else", async () => {
  // An address that nobody has read the keys from yet.
  const { world, token } = await openInspect(async (world) => {
    const url = `${await world.endpoint("jwks")}?again`;
    await world.save({ endpoints: [{ kind: "jwks", url }] });
  });
  const keys = async () =>
    (await world.call<{ target: string }[]>("wire")).filter(({ target }) => target.includes("jwks")).length;
  const before = await keys();
  fill(await field(), token);
  await chooseSandbox();
  const fetch = await button("Fetch its keys");
  fill(await field(), `${token} `);
  await waitFor(() => expect(requests(world).at(-1)?.text).toBe(`${token} `));
  await summary(/its signature was not checked/);
  expect(requests(world).some(({ fetchKeys }) => fetchKeys)).toBe(false);
  expect(await keys()).toBe(before);
  await user.click(fetch);
  await summary(/its signature is right, and nothing else is wrong with it/);
  expect(requests(world).at(-1)).toMatchObject({ connection: "sandbox", fetchKeys: true });
  expect(await keys()).toBe(before + 1);
  expect(screen.getByText("Right:")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Fetch its keys" })).toBeNull();
});

test("what is inside has headings of its own, which fold", async () => {
  const { reply } = await openInspect();
  fill(await field(), reply);
  await summary(/The reply of a token endpoint/);
  const inner = await button("id_token");
  expect(screen.getByRole("table", { name: "Payload" })).toBeTruthy();
  await user.click(inner);
  expect(screen.queryByRole("table", { name: "Payload" })).toBeNull();
  expect(screen.getByText(/^An id_token.*its signature was not checked/)).toBeTruthy();
});

test("a problem is a card with what to do, and a parameter that comes twice is there twice", async () => {
  await openInspect();
  fill(await field(), "https://localhost:9000/return?error=access_denied&state=a&state=a");
  const problems = within(await screen.findByRole("list", { name: "Problems" }));
  expect(problems.getByText(/Start the sign-in again/)).toBeTruthy();
  const rows = within(screen.getByRole("table", { name: "Parameters" }));
  expect(rows.getAllByRole("row", { name: /^state/ })).toHaveLength(2);
});

test("the latest answer wins over one that comes after it", async () => {
  const { world, token, reply } = await openInspect();
  const [first, second] = [world.hold("inspect"), world.hold("inspect")];
  fill(await field(), token);
  await waitFor(() => expect(requests(world)).toHaveLength(1));
  fill(await field(), reply);
  await waitFor(() => expect(requests(world)).toHaveLength(2));
  second();
  await summary(/The reply of a token endpoint/);
  first();
  // It has arrived when something that was asked for later has.
  await world.overview();
  await summary(/The reply of a token endpoint/);
});

test("times of a provider whose clock is ahead are told by that clock, which is said", async () => {
  const { world, token } = await openInspect();
  await chooseSandbox();
  await world.later(-9 * MINUTE);
  fill(await field(), token);
  await screen.findByText(/The provider's clock is 540 s ahead of this computer's/);
  const claims = within(await screen.findByRole("table", { name: "Payload" }));
  // In five minutes, not in fourteen.
  expect(await claims.findByRole("row", { name: /Expires in [45]:/ })).toBeTruthy();
});

test("a file that is dropped is inspected", async () => {
  const { token } = await openInspect();
  const file = new File([token], "token.txt", { type: "text/plain" });
  fireEvent.drop(await field(), { dataTransfer: { files: [file], types: ["Files"] } });
  await summary(/^An id_token/);
});

test("it is copied as a text that has the verdict, the claims and no secret", async () => {
  const { world, access, token, reply } = await openInspect();
  fill(await field(), reply);
  await summary(/The reply of a token endpoint/);
  await press("Copy as text");
  await waitFor(async () => expect((await world.seen()).copied).toHaveLength(1));
  const text = (await world.seen()).copied[0] ?? "";
  expect(text).toMatch(/^Token reply\nThe reply of a token endpoint with id_token and access_token/);
  expect(text).toMatch(/access_token {2}\S+… {2}\(Opens the API, 43 characters\)/);
  expect(text).toMatch(/ {2}Checks: 4 passed · 8 skipped\n {2}skipped Signature \(OIDC Core 3\.1\.3\.7/);
  expect(text).toMatch(/exp\s+\d+ {2}\(Expires in 4:/);
  expect(text).not.toContain(access);
  expect(text).not.toContain(token.split(".")[2]);
});

test("clearing by button or keys forgets the text and what it was checked against", async () => {
  const { token } = await openInspect();
  await press(/^Check against/);
  for (const clear of [() => press("Clear"), () => user.keyboard("{Control>}l{/Control}")]) {
    fill(await field(), token);
    fill(await nonce(), "n");
    await screen.findByRole("table", { name: "Payload" });
    await clear();
    expect((await field()).value).toBe("");
    expect((await nonce()).value).toBe("");
    expect(await screen.findByText("A callback URL")).toBeTruthy();
  }
});

test("what was pasted is there after a look elsewhere, and nothing of it is written down", async () => {
  const { token } = await openInspect();
  fill(await field(), token);
  await summary(/^An id_token/);
  await goTo("Thandi Nkosi");
  await user.keyboard("{Control>}i{/Control}");
  expect((await field()).value).toBe(token);
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("eyJ");
});

test("a refusal is a card", async () => {
  const { token } = await openInspect();
  fill(await field(), token);
  await press(/^Check against/);
  fill(await screen.findByRole<HTMLTextAreaElement>("textbox", { name: /^keys/ }), "no keys");
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("What was pasted as keys cannot be used.");
  expect(alert.textContent).toContain("Paste a JWKS");
});

test("the palette finds it by what one wants to inspect", async () => {
  await openWorld();
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("inspect");
  expect((await screen.findByRole("option", { name: new RegExp(NAME) })).textContent).toContain("Ctrl I");
  await user.keyboard("{Enter}");
  await waitFor(async () => expect(document.activeElement).toBe(await field()));
});

test("a paste of megabytes is left out, and that is said", async () => {
  const { world } = await openInspect();
  const paste = async (text: string) =>
    fireEvent.paste(await field(), { clipboardData: { getData: () => text } });
  expect(await paste("x".repeat(5_000_000))).toBe(false);
  await screen.findByText(/What was pasted has 5\.0 MB/);
  expect(await paste("x".repeat(100_000))).toBe(true);
  expect(requests(world)).toEqual([]);
});
