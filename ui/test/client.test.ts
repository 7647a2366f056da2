import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import { button, choose, fill, openWorld, press, user } from "./page";

const client = () => screen.findByRole("region", { name: "Client" });
const secretField = () => screen.findByLabelText<HTMLInputElement>("Client secret");

test("a client secret goes in once, is never shown again and can be removed", async () => {
  const world = await openWorld();
  const kept = async () => (await world.connection()).authentication.secretPresent;
  await choose("Secret");
  expect((await client()).textContent, "said where it is chosen").toContain("client secrets deprecated");
  const field = await secretField();
  expect(field.type).toBe("password");
  await user.type(field, "s3cret{Enter}");
  expect(await screen.findByText("Saved, encrypted")).toBeTruthy();
  expect(document.body.innerHTML).not.toContain("s3cret");
  expect(world.sentAs("client_secret_set")).toEqual([{ slug: "sandbox", secret: "s3cret" }]);
  expect(await kept()).toBe(true);
  await press("Remove");
  expect(document.activeElement, "Enter alone removes nothing").toBe(await button("Cancel"));
  await press("Remove the secret");
  expect(await secretField()).toBeTruthy();
  expect(await kept()).toBe(false);
});

test("where nothing can be kept, nothing is said to be saved", async () => {
  await openWorld((world) => world.restart({ memory: true }));
  await choose("Secret");
  await user.type(await secretField(), "s3cret{Enter}");
  expect(await screen.findByText("Kept until Bobbin closes — folder not usable")).toBeTruthy();
  expect(screen.queryByText(/Saved, encrypted/)).toBeNull();
});

test("a secret is sent in the body or in the header, by the registered names", async () => {
  const world = await openWorld();
  await choose("Secret");
  await choose("Header (Basic)");
  expect(await screen.findByText("client_secret_basic")).toBeTruthy();
  await waitFor(async () =>
    expect((await world.connection()).authentication.method).toBe("client_secret_basic"),
  );
});

test("the checks are one quiet line that opens to the list", async () => {
  const world = await openWorld();
  const found = async (passed: boolean) =>
    (await world.connection()).findings.filter(({ level }) => (level === "passed") === passed).length;
  const all = await found(true);
  await press(`${all} checks passed`);
  await waitFor(async () => expect(within(await client()).getAllByRole("listitem")).toHaveLength(all));
  await choose("Private key");
  expect(await button(/1 finding · \d+ checks passed/)).toBeTruthy();
  expect(await found(false)).toBe(1);
});

test("credentials JSON fills the form, says what it ignored, and can be taken back", async () => {
  const world = await openWorld();
  const before = (await world.connection()).clientId;
  await press("Import credentials…");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Credentials JSON" });
  fill(field, '{ "clientId": "test-new", "kycStatus": "done" }');
  await press("Import");
  expect(await screen.findByText("kycStatus")).toBeTruthy();
  const id = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Client ID" }).value;
  await waitFor(() => expect(id()).toBe("test-new"));
  await press("Undo the import");
  await waitFor(() => expect(id()).toBe(before));
  expect((await world.connection()).clientId).toBe(before);
});
