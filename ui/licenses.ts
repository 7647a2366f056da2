import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** What is compiled into the application, with the texts that its licenses ask to be passed on. */
interface Component {
  name: string;
  license: string;
  texts: string[];
}

interface CargoPackage {
  id: string;
  name: string;
  version: string;
  license: string | null;
  source: string | null;
  manifest_path: string;
  targets: { kind: string[] }[];
}

interface CargoMetadata {
  packages: CargoPackage[];
  resolve: { nodes: { id: string; deps: { pkg: string; dep_kinds: { kind: string | null }[] }[] }[] };
}

interface NpmLock {
  packages: Record<string, { version: string; license?: string; dev?: boolean }>;
}

const ui = dirname(fileURLToPath(import.meta.url));

/** Compiled into the page, though npm counts them among the tools. */
const ALSO_IN_THE_PAGE = ["svelte"];

/** The license files of a package. Where MIT is one of several licenses to choose from, its text is enough. */
function textsIn(folder: string, license: string): string[] {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /^(licen[cs]e|copying|notice|copyright|unlicense|ofl)/i.test(entry.name),
    )
    .map(({ name }) => name)
    .sort();
  const mit = / OR |\//.test(license) ? files.filter((name) => /mit/i.test(name)) : [];
  return (mit.length > 0 ? mit : files).map((name) => readFileSync(join(folder, name), "utf8").trim());
}

/** The crates that the desktop package reaches by normal dependencies. */
function crates(): Component[] {
  const host = /^host: (.+)$/m.exec(execFileSync("rustc", ["-vV"], { encoding: "utf8" }))?.[1] ?? "";
  const words = ["metadata", "--format-version=1", "--locked", "--features=custom-protocol"];
  words.push(`--filter-platform=${process.env.TAURI_ENV_TARGET_TRIPLE ?? host}`);
  const metadata = JSON.parse(
    execFileSync("cargo", words, { cwd: dirname(ui), encoding: "utf8", maxBuffer: 1 << 28 }),
  ) as CargoMetadata;
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const packages = new Map(metadata.packages.map((one) => [one.id, one]));
  const runs = (id: string) => !packages.get(id)?.targets.some(({ kind }) => kind.includes("proc-macro"));
  const reached = new Set<string>();
  const open = metadata.packages
    .filter(({ name, source }) => name === "bobbin" && !source)
    .map(({ id }) => id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id) || !runs(id)) continue;
    reached.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) {
      if (dep_kinds.some(({ kind }) => kind === null)) open.push(pkg);
    }
  }
  return metadata.packages
    .filter(({ id, source }) => reached.has(id) && source)
    .map(({ name, version, license, manifest_path }) => ({
      name: `${name} ${version}`,
      license: license ?? "see its text",
      texts: textsIn(dirname(manifest_path), license ?? ""),
    }));
}

function npmPackages(): Component[] {
  const lock = JSON.parse(readFileSync(join(ui, "package-lock.json"), "utf8")) as NpmLock;
  return Object.entries(lock.packages)
    .map(([path, entry]) => ({ path, name: path.replace(/^.*node_modules\//, ""), ...entry }))
    .filter(({ path, name, dev }) => path && (!dev || ALSO_IN_THE_PAGE.includes(name)))
    .map(({ path, name, version, license = "see its text" }) => ({
      name: `${name} ${version}`,
      license,
      texts: textsIn(join(ui, path), license),
    }));
}

/** Each text once, under the components that it belongs to. */
function asText(components: Component[]): string {
  const groups = new Map<string, { components: Component[]; text: string }>();
  for (const component of components) {
    const text = component.texts.join("\n\n");
    const key = text ? text.replace(/\s+/g, " ") : component.license;
    const group = groups.get(key) ?? { components: [], text };
    group.components.push(component);
    groups.set(key, group);
  }
  return [...groups.values()]
    .map(({ components, text }) =>
      [components.map(({ name, license }) => `${name} (${license})`).join("\n"), text]
        .filter(Boolean)
        .join("\n\n"),
    )
    .join(`\n\n${"-".repeat(78)}\n\n`);
}

/** Puts `licenses.txt` beside the built page: what *About Bobbin* shows of the components that Bobbin is made of. */
export function licenses(): Plugin {
  return {
    name: "bobbin-licenses",
    apply: (_, { command }) => command === "build" && !process.env.VITEST,
    generateBundle() {
      const components = [...crates(), ...npmPackages()].sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: `${asText(components)}\n` });
    },
  };
}
