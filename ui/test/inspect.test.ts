import { fireEvent, screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { InspectionView } from "../src/ipc/generated";
import { button, calls, fill, goTo, MINUTE, open, press, thandi, user } from "./page";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl";
const NAME = "Inspect a token or URL…";
const REPLY = '{ "access_token": "a", "id_token": "b" }';

const field = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "What to inspect" });
const summary = (words: RegExp) =>
  waitFor(() => expect(screen.getByText(words).closest("[role=status]")).toBeTruthy());
const requests = (application: Awaited<ReturnType<typeof open>>) =>
  calls(application, "inspect").map(({ args }) => args.request as Record<string, unknown>);

async function openInspect() {
  const application = await open({ sessions: [thandi()] });
  await user.keyboard("{Control>}i{/Control}");
  await field();
  return application;
}

test("its shortcut opens it with the field focused, and it says what can be pasted and that nothing is kept", async () => {
  const application = await openInspect();
  await waitFor(async () => expect(document.activeElement).toBe(await field()));
  expect(await screen.findByText("Nothing pasted is stored or sent.")).toBeTruthy();
  expect(screen.getByText("A callback URL")).toBeTruthy();
  expect(requests(application)).toEqual([]);
});

test("what it is comes first, then the claims with their times, then the checks", async () => {
  await openInspect();
  fill(await field(), JWT);
  await summary(/This is an id_token for test-18fbd892/);
  const claims = within(await screen.findByRole("table", { name: "Claims" }));
  expect(claims.getByRole("row", { name: /exp.*Expires in 4:/ })).toBeTruthy();
  expect(claims.getByRole("row", { name: /iat.*Issued \d+ s ago/ })).toBeTruthy();
  const checks = within(screen.getByRole("region", { name: "Checks" }));
  expect(checks.getByText("1 passed · 2 skipped")).toBeTruthy();
  await user.click(checks.getByRole("button", { name: /^Signature/ }));
  expect(checks.getAllByText(/choose a connection or paste a JWKS/).length).toBeGreaterThan(0);
});

test("an unchecked signature is never called right", async () => {
  await openInspect();
  fill(await field(), JWT);
  await summary(/its signature was not checked/);
  expect(screen.queryByText("Right:")).toBeNull();
  expect(screen.getByText("Recognized:")).toBeTruthy();
});

test("a wrong nonce is a failed check with what to do and its code", async () => {
  await openInspect();
  fill(await field(), JWT);
  await press(/^Check against/);
  fill(await screen.findByRole<HTMLInputElement>("textbox", { name: /^nonce/ }), "another");
  const row = await screen.findByRole("button", { name: /^Nonce/ });
  await waitFor(() => expect(row.closest("li")?.dataset.outcome).toBe("failed"));
  await user.click(row);
  const item = within(row.closest("li") as HTMLElement);
  expect(item.getByText("id_token_nonce_mismatch")).toBeTruthy();
  expect(item.getByText(/each has its own/)).toBeTruthy();
  expect(screen.getByText("Wrong:")).toBeTruthy();
});

test("a connection's keys are fetched by their button and by nothing else", async () => {
  const application = await openInspect();
  fill(await field(), JWT);
  await user.selectOptions(await screen.findByRole("combobox", { name: "Connection" }), "sandbox");
  const fetch = await button("Fetch its keys");
  fill(await field(), `${JWT} `);
  await waitFor(() => expect(requests(application).at(-1)?.text).toBe(`${JWT} `));
  expect(requests(application).some(({ fetchKeys }) => fetchKeys)).toBe(false);
  await user.click(fetch);
  await summary(/everything that could be checked is right/);
  expect(requests(application).at(-1)).toMatchObject({ connection: "sandbox", fetchKeys: true });
  expect(screen.queryByRole("button", { name: "Fetch its keys" })).toBeNull();
});

test("what is inside has headings of its own, which fold", async () => {
  await openInspect();
  fill(await field(), REPLY);
  await summary(/This is a token reply/);
  const inner = await button("id_token");
  expect(screen.getByRole("table", { name: "Claims" })).toBeTruthy();
  await user.click(inner);
  expect(screen.queryByRole("table", { name: "Claims" })).toBeNull();
  expect(screen.getByText(/^This is an id_token.*its signature was not checked/)).toBeTruthy();
});

test("a problem is a card with what to do, and a parameter that comes twice is there twice", async () => {
  await openInspect();
  fill(await field(), "https://localhost:9000/return?error=access_denied&state=a&state=a");
  const problems = within(await screen.findByRole("list", { name: "Problems" }));
  expect(problems.getByText(/Sign in again/)).toBeTruthy();
  const rows = within(screen.getByRole("table", { name: "Parameters" }));
  expect(rows.getAllByRole("row", { name: /^state/ })).toHaveLength(2);
});

test("the latest answer wins over one that comes after it", async () => {
  const application = await openInspect();
  const late: ((view: InspectionView) => void)[] = [];
  Object.assign(application, { inspect: () => new Promise((answer) => late.push(answer)) });
  fill(await field(), "first");
  await waitFor(() => expect(late).toHaveLength(1));
  fill(await field(), "second");
  await waitFor(() => expect(late).toHaveLength(2));
  const nothing = {
    place: null,
    problems: [],
    parts: [],
    checks: [],
    inner: [],
    keysWanted: false,
    clockAheadMs: null,
    clockOffMs: null,
  };
  late[1]?.({ kind: "unknown", summary: "The second.", ...nothing });
  late[0]?.({ kind: "unknown", summary: "The first.", ...nothing });
  await summary(/The second\./);
  expect(screen.queryByText(/The first\./)).toBeNull();
});

test("times of a provider whose clock is ahead are told by that clock, which is said", async () => {
  const application = await openInspect();
  const time = Date.now() + 125 * MINUTE;
  const rows = [{ name: "exp", value: String(time / 1000), meaning: "Expires", time }];
  const parts = [{ title: "Claims", text: null, rows }];
  const rest = {
    place: null,
    problems: [],
    checks: [],
    inner: [],
    keysWanted: false,
    clockAheadMs: 120 * MINUTE,
    clockOffMs: null,
  };
  Object.assign(application, { inspect: () => ({ kind: "id_token", summary: "A token.", parts, ...rest }) });
  fill(await field(), JWT);
  await screen.findByText(/The provider's clock is 2 h ahead of this computer's/);
  const claims = within(await screen.findByRole("table", { name: "Claims" }));
  expect(
    claims.getByRole("row", { name: /Expires in [45]:/ }),
    "in five minutes, not in two hours",
  ).toBeTruthy();
});

test("a file that is dropped is inspected", async () => {
  await openInspect();
  const file = new File([JWT], "token.txt", { type: "text/plain" });
  fireEvent.drop(await field(), { dataTransfer: { files: [file], types: ["Files"] } });
  await summary(/This is an id_token/);
});

test("it is copied as a text that has the verdict, the claims and no secret", async () => {
  const application = await openInspect();
  fill(await field(), REPLY);
  await summary(/This is a token reply/);
  await press("Copy as text");
  await waitFor(() => expect(application.copied).toHaveLength(1));
  const text = application.copied[0] ?? "";
  expect(text).toMatch(/^Token reply\nThis is a token reply/);
  expect(text).toMatch(/access_token {2}\s*nXPh…6kK4 {2}\(Opaque access token\)/);
  expect(text).toMatch(/ {2}Checks: 1 passed · 2 skipped\n {2}skipped Signature \(OIDC Core 3\.1\.3\.7\)/);
  expect(text).toMatch(/exp\s+\d+ {2}\(Expires in 4:/);
});

test("clearing by button or keys forgets the text and what it was checked against", async () => {
  await openInspect();
  fill(await field(), JWT);
  await press(/^Check against/);
  fill(await screen.findByRole<HTMLInputElement>("textbox", { name: /^nonce/ }), "n");
  await screen.findByRole("table", { name: "Claims" });
  await user.keyboard("{Control>}l{/Control}");
  expect((await field()).value).toBe("");
  expect((await screen.findByRole<HTMLInputElement>("textbox", { name: /^nonce/ })).value).toBe("");
  expect(await screen.findByText("A callback URL")).toBeTruthy();
});

test("what was pasted is there after a look elsewhere, and nothing of it is written down", async () => {
  await openInspect();
  fill(await field(), JWT);
  await summary(/This is an id_token/);
  await goTo("Thandi Nkosi");
  await user.keyboard("{Control>}i{/Control}");
  expect((await field()).value).toBe(JWT);
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain("eyJ");
});

test("a refusal is a card", async () => {
  const application = await openInspect();
  application.failures.set("inspect", {
    code: "inspect_too_long",
    message: "This is more than 64 KiB.",
    hint: "Paste the token alone.",
    detail: null,
  });
  fill(await field(), JWT);
  expect((await screen.findByRole("alert")).textContent).toContain("This is more than 64 KiB.");
});

test("the palette finds it by what one wants to inspect", async () => {
  await open();
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("inspect");
  expect((await screen.findByRole("option", { name: new RegExp(NAME) })).textContent).toContain("Ctrl I");
  await user.keyboard("{Enter}");
  await waitFor(async () => expect(document.activeElement).toBe(await field()));
});

test("a paste of megabytes is left out, and that is said", async () => {
  const application = await openInspect();
  const paste = async (text: string) =>
    fireEvent.paste(await field(), { clipboardData: { getData: () => text } });
  expect(await paste("x".repeat(5_000_000))).toBe(false);
  await screen.findByText(/What was pasted has 5\.0 MB/);
  expect(await paste("x".repeat(100_000))).toBe(true);
  expect(requests(application)).toEqual([]);
});
