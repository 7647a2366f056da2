import { screen, waitFor } from "@testing-library/dom";
import { expect, test } from "vitest";
import { arrive, fill, goTo, openWorld, press } from "./page";

/** RFC 7636 appendix B. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** 32 bytes in base64url. */
const VALUE = /^[\w-]{43}$/;

const field = (name: string) => screen.findByRole<HTMLTextAreaElement>("textbox", { name });

async function openChecker() {
  const world = await openWorld();
  await goTo("PKCE pair checker");
  await arrive("PKCE pair checker");
  return world;
}

test("a generated pair fits", async () => {
  await openChecker();
  await press("Generate a pair");
  expect(await screen.findByText(/They fit/)).toBeTruthy();
  const [verifier, challenge] = [await field("code_verifier"), await field("code_challenge")];
  expect(verifier.value).toMatch(VALUE);
  expect(challenge.value).toMatch(VALUE);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier.value));
  expect(challenge.value).toBe(Buffer.from(digest).toString("base64url"));
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
  expect((await field("code_challenge")).value).toBe(CHALLENGE);
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
  const world = await openChecker();
  await press("Generate state and nonce");
  const copied: string[] = [];
  for (const name of ["state", "nonce"]) {
    await press(`Copy ${name}`);
    copied.push(screen.getByText(name).nextElementSibling?.textContent.trim() ?? "");
    expect(copied.at(-1)).toMatch(VALUE);
    await waitFor(async () => expect((await world.seen()).copied).toEqual(copied));
  }
  expect(new Set(copied).size).toBe(2);
});
