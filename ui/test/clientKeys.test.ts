import { createPrivateKey, X509Certificate } from "node:crypto";
import { screen, waitFor } from "@testing-library/dom";
import { expect, test } from "vitest";
import { button, choose, fill, openWorld, press, user } from "./page";
import type { World } from "./world";

const DAY = 86_400_000;

/** The key and certificate of a client of the sandbox, as a person downloads them. */
async function clientPem(world: World): Promise<string> {
  const reply = await fetch(`${await world.endpoint("issuer")}/sandbox/client.pem`);
  return reply.text();
}

/** The parts of a PEM text up to its private key, and that. */
function parts(pem: string): { certificate: string; key: string } {
  const at = pem.indexOf("-----BEGIN PRIVATE KEY-----");
  return { certificate: pem.slice(0, at), key: pem.slice(at) };
}

/** The certificate's SHA-1, which names its key. */
const kidOf = (pem: string) => new X509Certificate(parts(pem).certificate).fingerprint.replaceAll(":", "");

async function pasteKey(pem: string) {
  await press("Paste…");
  fill(await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Private key as PEM" }), pem);
  await press("Import key");
}

async function importKey(pem: string) {
  await choose("Private key");
  await pasteKey(pem);
}

test("an encrypted key asks for its passphrase in place, again where it is wrong", async () => {
  const world = await openWorld();
  const pem = await clientPem(world);
  const { certificate, key } = parts(pem);
  const encrypted = createPrivateKey(key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "open sesame",
  });
  const end = Date.parse(new X509Certificate(certificate).validTo);
  await world.later(end - Date.now() - 412.5 * DAY);
  await importKey(certificate + encrypted.toString());
  const field = await screen.findByLabelText<HTMLInputElement>("This key is encrypted. Passphrase:");
  await user.type(field, "wrong{Enter}");
  expect(await screen.findByText(/does not open the key/)).toBeTruthy();
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(field.value, "it is there to be corrected").toBe("wrong");
  await user.clear(field);
  await user.type(field, "open sesame{Enter}");
  expect(await screen.findByText(/RSA 2048 · .*CN=Sandbox client/)).toBeTruthy();
  expect(await screen.findByText("expires in 412 days")).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Key ID" }).value).toBe(kidOf(pem));
});

test("a key that is refused says why and what to do", async () => {
  const world = await openWorld();
  await importKey(parts(await clientPem(world)).certificate);
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("key_certificate_only");
  expect(card.textContent).toContain("Add the private key that belongs to it");
});

test("a removed key comes back by Undo", async () => {
  const world = await openWorld();
  await importKey(await clientPem(world));
  await press("Private key actions");
  await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
  await screen.findByRole("button", { name: "Paste…" });
  expect((await world.connection()).authentication.key).toBeNull();
  await press("Undo");
  expect(await screen.findByText(/RSA 2048/)).toBeTruthy();
  expect((await world.connection()).authentication.key).not.toBeNull();
});

test("the key's own id and first algorithm are not written into the connection, others are", async () => {
  const world = await openWorld();
  await importKey(await clientPem(world));
  const field = await screen.findByRole("textbox", { name: "Key ID" });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Signature algorithm" }), "PS256");
  const draft = () => world.sentAs("connection_save").at(-1)?.draft;
  await waitFor(() => expect(draft()).toMatchObject({ algorithm: "PS256", kid: "" }));
  await user.clear(field);
  await user.type(field, "by-hand");
  await waitFor(() => expect(draft()).toMatchObject({ algorithm: "PS256", kid: "by-hand" }));
});

test("the assertion is previewed before anything is sent, and Escape closes it", async () => {
  const world = await openWorld();
  const pem = await clientPem(world);
  const issuer = await world.endpoint("issuer");
  await importKey(pem);
  await press("Preview assertion");
  expect(await screen.findByText(new RegExp(`"kid": "${kidOf(pem)}"`))).toBeTruthy();
  expect(screen.getByText(new RegExp(`"aud": "${issuer}/connect/token"`))).toBeTruthy();
  await user.selectOptions(screen.getByRole("combobox", { name: "Audience of the assertion" }), "issuer");
  expect(await screen.findByText(new RegExp(`"aud": "${issuer}",`))).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByText(/"kid"/)).toBeNull();
  expect(await world.call("wire"), "nothing was sent").toEqual([]);
});

test("a key that is chosen as a file chooses the private key's method", async () => {
  const world = await openWorld();
  await choose("Private key");
  const file = new File([await clientPem(world)], "key.pem");
  const input = await screen.findByLabelText("Choose file…", { selector: "input" });
  Object.defineProperty(input, "files", { value: [file] });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  expect(await screen.findByText(/RSA 2048/)).toBeTruthy();
  expect((await world.connection()).authentication.method).toBe("private_key_jwt");
  expect(await button("Preview assertion")).toBeTruthy();
});

test("what was asked before a key was imported does not take it back", async () => {
  const world = await openWorld();
  const pem = await clientPem(world);
  await choose("Private key");
  await waitFor(async () => expect((await world.connection()).authentication.method).toBe("private_key_jwt"));
  await screen.findByText("Saved");
  const asked = () => world.sentAs("connection").length;
  const before = asked();
  const release = world.hold("connection");
  await world.happens({ what: "link_registration", registered: true });
  await waitFor(() => expect(asked()).toBeGreaterThan(before));
  await pasteKey(pem);
  await button("Preview assertion");
  const again = asked();
  release();
  await new Promise((done) => setTimeout(done));
  expect(asked(), "the answer that was held is of no interest any more").toBe(again);
  expect(screen.getByRole("button", { name: "Preview assertion" })).toBeTruthy();
});
