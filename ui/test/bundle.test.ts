// @vitest-environment node
import { build, type Rolldown } from "vite";
import { beforeAll, expect, test, vi } from "vitest";

let chunks: Rolldown.OutputChunk[];
let html: string;

beforeAll(async () => {
  // As `npm run build` does it.
  vi.stubEnv("VITEST", undefined);
  vi.stubEnv("NODE_ENV", "production");
  const built = (await build({
    logLevel: "silent",
    mode: "production",
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  chunks = built.output.filter((file) => file.type === "chunk");
  const page = built.output.find((file) => file.fileName === "index.html");
  html = page?.type === "asset" ? String(page.source) : "";
}, 60_000);

const modules = (chunk: Rolldown.OutputChunk) => Object.keys(chunk.modules);

test("the way to the dev server is in no built file", () => {
  expect(chunks.flatMap(modules).filter((id) => /ui\/dev\/|api\/mocks/.test(id))).toEqual([]);
  expect(html).not.toContain("dev/start");
});

test("the first picture needs neither the editor nor the tools", () => {
  const first = new Set<Rolldown.OutputChunk>();
  const add = (chunk: Rolldown.OutputChunk | undefined) => {
    if (!chunk || first.has(chunk)) return;
    first.add(chunk);
    for (const name of chunk.imports) add(chunks.find((other) => other.fileName === name));
  };
  const script = /<script[^>]*\ssrc="\/([^"]+)"/.exec(html)?.[1];
  add(chunks.find((chunk) => chunk.fileName === script));
  const loaded = [...first].flatMap(modules);
  expect(loaded.some((id) => id.includes("ConnectionView"))).toBe(true);
  expect(
    loaded.filter((id) => /codemirror|lezer|graphql\/|views\/(query|requests|inspect|pkce|about)\//.test(id)),
  ).toEqual([]);
  const size = [...first].reduce((sum, chunk) => sum + chunk.code.length, 0);
  // The editor has twice as much, and a tool about 10,000; a library that came in unnoticed would show, too.
  expect(size, "characters of script before the first picture").toBeLessThan(250_000);
});

test("the page brings no inline script, which the content security policy would refuse", () => {
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/);
});
