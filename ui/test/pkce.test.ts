import { screen, waitFor } from "@testing-library/dom";
import { expect, test } from "vitest";
import { CHALLENGE, VERIFIER } from "../src/dev/samples";
import { arrive, button, fill, goTo, open, press } from "./page";

const field = (name: string) => screen.findByRole<HTMLTextAreaElement>("textbox", { name });

async function openChecker() {
  const application = await open();
  await goTo("PKCE pair checker");
  await arrive("PKCE pair checker");
  return application;
}

test("a generated pair fits", async () => {
  await openChecker();
  await press("Generate a pair");
  expect(await screen.findByText(/They fit/)).toBeTruthy();
  expect((await field("code_verifier")).value).toBe(VERIFIER);
  expect(screen.getAllByText("43 characters")).toHaveLength(2);
});

test("another challenge does not fit, and the expected one is taken over by its button", async () => {
  await openChecker();
  fill(await field("code_verifier"), VERIFIER);
  fill(await field("code_challenge"), "FVF6VCwYJ_XljGdLXVjxs6g-_QRh4_CDutLOf_oIzPw");
  expect(await screen.findByText(/They do not fit/)).toBeTruthy();
  expect(screen.getByText(CHALLENGE)).toBeTruthy();
  await press("Use it");
  expect(await screen.findByText(/They fit/)).toBeTruthy();
});

test("a half that breaks its rule says how, where it stands", async () => {
  await openChecker();
  fill(await field("code_verifier"), "short");
  expect(await screen.findByText(/5 characters, where 43 to 128 belong/)).toBeTruthy();
  expect((await field("code_verifier")).getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText(/The verifier breaks the rule/)).toBeTruthy();
  fill(await field("code_verifier"), VERIFIER);
  fill(await field("code_challenge"), `${CHALLENGE}=`);
  expect(await screen.findByText(/ends with =/)).toBeTruthy();
  expect(screen.getByText(/The challenge breaks the rule/)).toBeTruthy();
});

test("a verifier alone is given its challenge, and a challenge alone says that it is not turned back", async () => {
  await openChecker();
  fill(await field("code_verifier"), VERIFIER);
  expect(await screen.findByText(CHALLENGE)).toBeTruthy();
  fill(await field("code_verifier"), "");
  fill(await field("code_challenge"), CHALLENGE);
  expect(await screen.findByText(/Without the verifier nobody can tell/)).toBeTruthy();
});

test("state and nonce are made and copied", async () => {
  const application = await openChecker();
  await press("Generate state and nonce");
  await press("Copy state");
  await waitFor(() => expect(application.copied).toEqual(["J_Ug3dCQJG61Tt2Sejt3TY5ExgqemTXpEFhyFGapXwA"]));
  expect(await button("Copy nonce")).toBeTruthy();
});
