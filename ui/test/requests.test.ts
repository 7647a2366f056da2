import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { isLookup } from "../src/views/requests/words";
import { arrive, button, calls, fill, goTo, open, press, thandi, user } from "./page";

const STATE = "b83LxVn0pQyR5tEw2KsUj7mHc9dZa4gFf6oIiX1qCvM";
const table = () => screen.findByRole("table", { name: "Authorization requests" });
const search = () => screen.findByRole<HTMLInputElement>("searchbox", { name: "Find a request" });
const rows = async () => (await table()).querySelectorAll("tr[data-outcome]");

async function openRequests() {
  const application = await open({ sessions: [thandi()] });
  await goTo("Authorization requests");
  return application;
}

test("each request says when, with which connection, for whom and how it ended", async () => {
  await openRequests();
  expect(await rows()).toHaveLength(4);
  const row = within(await table()).getByRole("row", { name: /Stitch.*failed.*b83LxVn0…qCvM/ });
  expect(row.querySelector("input")?.value).toBe("customer 4411");
});

test("an empty list says what it will be good for", async () => {
  await open();
  await goTo("Authorization requests");
  expect(await screen.findByText(/which sign-in a\s+state or a callback URL belongs to/s)).toBeTruthy();
});

test.each([STATE, `https://localhost:9000/return?code=1&state=${STATE}`])(
  "pasting %s finds its request and opens it",
  async (text) => {
    await openRequests();
    fill(await search(), text);
    expect(await screen.findByText("This belongs to a sign-in with Stitch.")).toBeTruthy();
    expect(await rows()).toHaveLength(1);
    expect(within(await table()).getByText("https://localhost:9000/return")).toBeTruthy();
  },
);

test("a state of nobody says so, and one that cannot be read says what to paste", async () => {
  const application = await openRequests();
  fill(await search(), "https://x.example/return?state=unknown");
  expect(await screen.findByText(/No sign-in that was started here has this state/)).toBeTruthy();
  application.failures.set("request_find", {
    code: "request_search_unusable",
    message: "This URL has no state parameter.",
    hint: "Paste a state, a callback URL or an authorization URL.",
    detail: null,
  });
  fill(await search(), "https://x.example/return?a=b");
  expect(await screen.findByText("This URL has no state parameter.")).toBeTruthy();
});

test("words filter the list, and are never taken for a state", async () => {
  const application = await openRequests();
  await user.type(await search(), "stitch cancelled");
  expect(await rows()).toHaveLength(1);
  expect(calls(application, "request_find")).toHaveLength(0);
  expect(["customer 4411", "Thandi", "a b c d e f g h i j k l"].some(isLookup)).toBe(false);
});

test("the end user's name is typed over in its place, and Escape keeps the old one", async () => {
  const application = await openRequests();
  const field = within(await table()).getAllByRole<HTMLInputElement>("textbox")[2] as HTMLInputElement;
  await user.type(field, "customer 12{Enter}");
  await waitFor(() =>
    expect(calls(application, "request_label").map(({ args }) => args)).toEqual([
      { id: "r3", label: "customer 12" },
    ]),
  );
  await user.type(field, " and more{Escape}");
  await waitFor(() => expect(field.value).toBe("customer 12"));
  expect(calls(application, "request_label")).toHaveLength(1);
});

test("a request leads to its session and to its connection", async () => {
  const application = await openRequests();
  const [first] = application.authorizationRequests;
  if (first) first.session = "thandi";
  await application.changed({ what: "sign_in", id: "r1" });
  await user.click(within(await table()).getAllByRole("button")[0] as HTMLElement);
  await press("Show session");
  await arrive("Thandi Nkosi");
});

test("a sign-in that runs is in the list at once, and its end too", async () => {
  const application = await open({ signIn: "wait" });
  await press("Sign in with browser");
  await waitFor(() => expect(application.signIns).toHaveLength(1));
  await goTo("Authorization requests");
  expect(await within(await table()).findByText("waiting")).toBeTruthy();
  application.signIns[0]?.cancel();
  expect(await within(await table()).findByText("cancelled")).toBeTruthy();
});

test("ended requests are forgotten only after a yes", async () => {
  const application = await openRequests();
  await press("Clear ended…");
  expect(await screen.findByText(/This cannot be undone/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(calls(application, "requests_clear")).toHaveLength(0);
  await press("Clear ended…");
  expect(document.activeElement, "Enter alone clears nothing").toBe(await button("Cancel"));
  await press("Clear");
  expect(await screen.findByText("No request yet")).toBeTruthy();
  expect(await screen.findByText("Cleared 4 requests")).toBeTruthy();
});

test("what was pasted is cleared by a button beside it, which gives the focus back", async () => {
  await openRequests();
  fill(await search(), `https://localhost:9000/return?code=1&state=${STATE}`);
  await press("Clear the search");
  expect((await search()).value).toBe("");
  expect(document.activeElement).toBe(await search());
  expect(await rows()).toHaveLength(4);
  expect(screen.queryByRole("button", { name: "Clear the search" }), "there is nothing to clear").toBeNull();
});
