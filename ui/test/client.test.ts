import { screen, waitFor, within } from "@testing-library/dom";
import { expect, test } from "vitest";
import type { Application } from "../src/dev/application";
import { arrive, button, calls, fill, goTo, open, press, user } from "./page";

const choose = async (name: string) => user.click(await screen.findByRole("radio", { name }));
const client = () => screen.findByRole("region", { name: "Client" });

async function importKey(pem: string) {
  await choose("Private key");
  await press("Paste…");
  fill(await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Private key as PEM" }), pem);
  await press("Import key");
}

test("a client secret goes in once, is never shown again and can be removed", async () => {
  const application = await open();
  await choose("Secret");
  expect((await client()).textContent, "said where it is chosen").toContain("client secrets deprecated");
  const field = await screen.findByLabelText<HTMLInputElement>("Client secret");
  expect(field.type).toBe("password");
  await user.type(field, "s3cret{Enter}");
  expect(await screen.findByText("Saved, encrypted")).toBeTruthy();
  expect(document.body.innerHTML).not.toContain("s3cret");
  expect(calls(application, "client_secret_set").map(({ args }) => args)).toEqual([
    { slug: "sandbox", secret: "s3cret" },
  ]);
  await press("Remove");
  expect(document.activeElement, "Enter alone removes nothing").toBe(await button("Cancel"));
  await press("Remove the secret");
  expect(await screen.findByLabelText("Client secret")).toBeTruthy();
});

test("without a key store nothing is said to be saved", async () => {
  await open({ keyStore: "absent" });
  await choose("Secret");
  await user.type(await screen.findByLabelText<HTMLInputElement>("Client secret"), "s3cret{Enter}");
  expect(await screen.findByText("Kept until Bobbin closes — no keyring")).toBeTruthy();
  expect(screen.queryByText(/Saved, encrypted/)).toBeNull();
});

test("a secret is sent in the body or in the header, by the registered names", async () => {
  const application = await open();
  await choose("Secret");
  await choose("Header (Basic)");
  expect(await screen.findByText("client_secret_basic")).toBeTruthy();
  const saved = () => application.connection({ slug: "sandbox" }).authentication.method;
  await waitFor(() => expect(saved()).toBe("client_secret_basic"));
});

test("an encrypted key asks for its passphrase in place, again where it is wrong", async () => {
  await open();
  await importKey("-----BEGIN ENCRYPTED PRIVATE KEY-----");
  const field = await screen.findByLabelText<HTMLInputElement>("This key is encrypted. Passphrase:");
  await user.type(field, "wrong{Enter}");
  expect(await screen.findByText(/does not open the key/)).toBeTruthy();
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(field.value, "it is there to be corrected").toBe("wrong");
  await user.clear(field);
  await user.type(field, "open sesame{Enter}");
  expect(await screen.findByText(/RSA 2048 · CN=test-acme/)).toBeTruthy();
  expect(screen.getByText("expires in 412 days")).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Key ID" }).value).toBe("E306A98804A6E4");
});

test("a key that is refused says why and what to do", async () => {
  await open();
  await importKey("-----BEGIN CERTIFICATE-----");
  const card = await screen.findByRole("alert");
  expect(card.dataset.code).toBe("key_certificate_alone");
  expect(card.textContent).toContain("Choose the file that holds the private key too.");
});

test("a removed key comes back by Undo", async () => {
  await open();
  await importKey("-----BEGIN PRIVATE KEY-----");
  await press("Private key actions");
  await user.click(await screen.findByRole("menuitem", { name: "Remove" }));
  await screen.findByRole("button", { name: "Paste…" });
  await press("Undo");
  expect(await screen.findByText(/RSA 2048/)).toBeTruthy();
});

test("the key's own id and first algorithm are not written into the connection, others are", async () => {
  const application = await open();
  await importKey("-----BEGIN PRIVATE KEY-----");
  const field = await screen.findByRole("textbox", { name: "Key ID" });
  await user.selectOptions(await screen.findByRole("combobox", { name: "Signature algorithm" }), "PS256");
  const draft = () => calls(application, "connection_save").at(-1)?.args.draft;
  await waitFor(() => expect(draft()).toMatchObject({ algorithm: "PS256", kid: "" }));
  await user.clear(field);
  await user.type(field, "by-hand");
  await waitFor(() => expect(draft()).toMatchObject({ algorithm: "PS256", kid: "by-hand" }));
});

test("the assertion is previewed before anything is sent, and Escape closes it", async () => {
  await open();
  await importKey("-----BEGIN PRIVATE KEY-----");
  await press("Preview assertion");
  expect(await screen.findByText(/"kid": "E306A98804A6E4"/)).toBeTruthy();
  expect(screen.getByText(/"aud": "http:\/\/127.0.0.1:5001\/connect\/token"/)).toBeTruthy();
  await user.selectOptions(screen.getByRole("combobox", { name: "Audience of the assertion" }), "issuer");
  expect(await screen.findByText(/"aud": "http:\/\/127.0.0.1:5001",/)).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByText(/"kid"/)).toBeNull();
});

test("a key that is chosen as a file chooses the private key's method", async () => {
  const application = await open();
  await choose("Private key");
  const file = new File(["-----BEGIN PRIVATE KEY-----"], "key.pem");
  const input = await screen.findByLabelText("Choose file…", { selector: "input" });
  Object.defineProperty(input, "files", { value: [file] });
  input.dispatchEvent(new Event("change", { bubbles: true }));
  expect(await screen.findByText(/RSA 2048/)).toBeTruthy();
  expect(application.connection({ slug: "sandbox" }).authentication.method).toBe("private_key_jwt");
});

test("the checks are one quiet line that opens to the list", async () => {
  await open();
  await press(/5 checks passed/);
  expect((await within(await client()).findAllByRole("listitem")).length).toBe(5);
  await choose("Private key");
  expect(await button(/1 finding · 4 checks passed/)).toBeTruthy();
});

test("credentials JSON fills the form, says what it ignored, and can be taken back", async () => {
  const application = await open();
  await press("Import credentials…");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Credentials JSON" });
  fill(field, '{ "clientId": "test-new", "kycStatus": "done" }');
  await press("Import");
  expect(await screen.findByText("kycStatus")).toBeTruthy();
  const id = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Client ID" }).value;
  await waitFor(() => expect(id()).toBe("test-new"));
  await press("Undo the import");
  await waitFor(() => expect(id()).toMatch(/^test-18fb/));
  expect(application.connection({ slug: "sandbox" }).clientId).toMatch(/^test-18fb/);
});

/** A client that proves who it is: a public one gets no tokens of its own. */
async function confidential(application: Application) {
  application.connection({ slug: "sandbox" }).authentication.method = "private_key_jwt";
  await application.changed({ what: "connection", slug: "sandbox" });
}

test("a public client gets no client token, and the button says why", async () => {
  await open();
  const button = await screen.findByRole<HTMLButtonElement>("button", { name: "Get client token" });
  expect(button.disabled).toBe(true);
  expect(button.title).toContain("choose Secret or Private key under Authentication");
});

test("a client token is got once, used again, and a fresh one only on demand", async () => {
  const application = await open();
  await confidential(application);
  await press(/^Client tokens/);
  await user.click(await screen.findByRole("button", { name: "client_refund", pressed: false }));
  await press("Get client token");
  await arrive("Client token");
  expect(application.connection({ slug: "sandbox" }).clientTokens?.scopes).toContain("client_refund");
  await goTo("Sandbox");
  await press("Get a fresh one");
  await waitFor(() =>
    expect(calls(application, "client_token").map(({ args }) => args)).toEqual([
      { connection: "sandbox", fresh: false },
      { connection: "sandbox", fresh: true },
    ]),
  );
});

test("a client token that is refused says so at the connection", async () => {
  const application = await open();
  await confidential(application);
  application.failures.set("client_token", {
    code: "token_invalid_scope",
    message: "The provider refuses these scopes.",
    hint: "Leave out what this client may not ask for.",
    detail: null,
  });
  await press("Get client token");
  const card = await screen.findByRole("region", { name: /^Client tokens/ });
  expect((await within(card).findByRole("alert")).dataset.code).toBe("token_invalid_scope");
  await within(card).findByRole("region", { name: "What could explain it" });
  expect(calls(application, "client_doctor")[0]?.args).toMatchObject({
    error: "invalid_scope",
    asked: "client_token",
  });
});

test("an audience that is not known yet says when it will be, and is saved as the preset's own", async () => {
  const application = await open();
  const tokens = application.connection({ slug: "sandbox" }).clientTokens;
  if (tokens) Object.assign(tokens, { audience: null, defaultAudience: null });
  await application.changed({ what: "connection", slug: "sandbox" });
  await press(/^Client tokens/);
  const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Audience" });
  await waitFor(() => expect(field.value).toBe(""));
  expect(field.placeholder).toBe("known when the sandbox runs");
  const audience = () => {
    const draft = calls(application, "connection_save").at(-1)?.args.draft;
    return (draft as { clientAudience: string | null } | undefined)?.clientAudience;
  };
  await user.click(await screen.findByRole("button", { name: "client_refund", pressed: false }));
  await waitFor(() => expect(audience()).toBeNull());
  await user.type(field, "x{Backspace}");
  await waitFor(() => expect(audience(), "emptied by hand, none is sent").toBe(""));
  await user.click(screen.getByRole("button", { name: "Reset" }));
  await waitFor(() => expect(audience()).toBeNull());
});

test("the way back is checked when it is shown, and repaired where it can be", async () => {
  const application = await open();
  application.connection({ slug: "stitch-test" }).registration = {
    state: "not_registered",
    detail: "Another program opens these links.",
    hint: "Repair registers this Bobbin.",
    repairable: true,
  };
  await goTo("Stitch");
  expect(await button(/Redirect check: 1 problem/)).toBeTruthy();
  await press("Repair");
  expect(await button(/Redirect check passed/)).toBeTruthy();
});

test("each way back has a redirect URI that fits, and what was typed for one is kept", async () => {
  await open();
  const uri = await screen.findByRole<HTMLInputElement>("textbox", { name: "Redirect URI" });
  await choose("Loopback");
  expect(uri.value).toBe("http://127.0.0.1:9000/callback");
  await user.clear(uri);
  await user.type(uri, "http://localhost:3000/return");
  await choose("App link");
  expect(uri.value).toBe("dev.bobbin.workbench:/oauth/callback");
  await choose("Loopback");
  expect(uri.value).toBe("http://localhost:3000/return");
  await choose("Paste");
  expect(uri.value, "anything can be pasted").toBe("http://localhost:3000/return");
});

test("extra parameters keep their rows while they are typed, and a reserved one says why it is refused", async () => {
  const application = await open();
  await press(/^Extra parameters/);
  await press("prompt");
  await user.keyboard("login");
  const kept = () => application.connection({ slug: "sandbox" }).parameters.authorize;
  await waitFor(() => expect(kept()).toEqual([{ name: "prompt", value: "login" }]));
  const request = screen.getByRole("group", { name: "Authorization request" });
  await user.click(within(request).getByRole("button", { name: "Add parameter" }));
  await user.keyboard("State");
  const refusal = within(request).getByRole("alert");
  expect(refusal.textContent, "said with the last key").toContain(
    "State cannot be set by hand. It is random",
  );
  const field = within(request).getByRole("textbox", { name: "Name of parameter 2" });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(field.getAttribute("aria-describedby")).toBe(refusal.id);
  expect(await button(/^Extra parameters.*not saved/)).toBeTruthy();
  await user.keyboard("_hint");
  expect(within(request).queryByRole("alert"), "another name by now").toBeNull();
  await user.keyboard("{Backspace>5}");
  const first = within(request).getByRole("textbox", { name: "Value of parameter 1" });
  await user.clear(first);
  await user.type(first, "none");
  await waitFor(() =>
    expect(kept(), "a refused row keeps no other from being saved").toEqual([
      { name: "prompt", value: "none" },
    ]),
  );
  await user.click(within(request).getByRole("button", { name: "Remove State" }));
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a header that Bobbin sets itself is refused as it is typed", async () => {
  await open();
  await press(/^Extra parameters/);
  await press("Add header");
  await user.keyboard("authorization");
  const refusal = within(screen.getByRole("group", { name: "Headers" })).getByRole("alert");
  expect(refusal.textContent).toContain("It would carry a secret into the connection's file.");
});

test("an OpenID provider begins with its issuer, whose metadata fills the endpoints in", async () => {
  await open();
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: /OpenID provider/ }));
  const issuer = await screen.findByRole("textbox", { name: "Issuer" });
  await waitFor(() => expect(document.activeElement).toBe(issuer));
  await user.keyboard("http://example.com{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("reached by https");
  await user.clear(issuer);
  await user.type(issuer, "https://login.example.com");
  await press("Fetch metadata");
  expect(await screen.findByText(/from https:\/\/login.example.com\/.well-known/)).toBeTruthy();
  expect(await screen.findByText("from the issuer")).toBeTruthy();
});

test("asking the issuer for its metadata can be given up", async () => {
  const application = await open();
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: /OpenID provider/ }));
  await user.type(await screen.findByRole("textbox", { name: "Issuer" }), "https://id.example");
  application.scenario.latency = 1500;
  await press("Fetch metadata");
  await press("Cancel fetching");
  await waitFor(() => expect(calls(application, "discover_cancel")).toHaveLength(1));
  expect(await button("Fetch metadata")).toBeTruthy();
});

test("without a list of client scopes it says what to type, and what the issuer supports can be picked", async () => {
  const application = await open();
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: /OpenID provider/ }));
  await screen.findByRole("textbox", { name: "Issuer" });
  await press(/^Client tokens/);
  const card = await screen.findByRole("region", { name: /^Client tokens/ });
  expect(card.textContent).toContain("none chosen");
  expect(card.textContent.replace(/\s+/g, " ")).toContain(
    "Type the scopes from the provider's documentation",
  );
  expect(card.textContent, "there is nothing to count").not.toMatch(/\d of \d/);
  await user.type(await screen.findByRole("textbox", { name: "Issuer" }), "https://login.example.com");
  await press("Fetch metadata");
  await within(card).findByText("The issuer supports also");
  await user.click(within(card).getByRole("button", { name: "api:read" }));
  const made = () => application.connections.at(-1)?.clientTokens?.scopes;
  await waitFor(() => expect(made()).toEqual(["api:read"]));
  expect(within(card).getByRole("button", { name: "api:read", pressed: true })).toBeTruthy();
  await user.click(within(card).getByRole("button", { name: "api:read" }));
  await waitFor(() => expect(made()).toEqual([]));
  expect(
    within(card).getByRole("button", { name: "api:read", pressed: false }),
    "offered again",
  ).toBeTruthy();
});

test("Vault starts with a refresh token, and asks for no client, scopes or redirect", async () => {
  const application = await open();
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: /Vault/ }));
  await user.keyboard("{Escape}");
  const field = await screen.findByLabelText<HTMLInputElement>("Refresh token");
  expect(field.type).toBe("password");
  for (const name of ["Client", "Scopes", "Redirect"])
    expect(screen.queryByRole("region", { name })).toBeNull();
  await user.type(field, "rt-1");
  await press("Start session");
  await arrive("User tokens");
  expect(calls(application, "session_from_refresh_token")[0]?.args).toMatchObject({ token: "rt-1" });
});

test("a token reply is pasted, and a wrong one says what is wrong and keeps the text", async () => {
  await open();
  await press("New connection");
  await user.click(await screen.findByRole("menuitem", { name: /Inspecting only/ }));
  await user.keyboard("{Escape}");
  const field = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Token reply" });
  fill(field, '{ "token": 1 }');
  await press("Start session");
  expect((await screen.findByRole("alert")).dataset.code).toBe("token_reply_malformed");
  expect(field.value).toBe('{ "token": 1 }');
  fill(field, '{ "access_token": "a" }');
  await press("Start session");
  await arrive("Pasted tokens");
});
