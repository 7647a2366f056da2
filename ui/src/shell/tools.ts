import type { Action } from "../state/actions.svelte";
import { selection, type Tool } from "../state/selection.svelte";

interface ToolEntry {
  kind: Tool;
  name: string;
  title: string;
  /** What else it is looked for by. */
  detail: string;
  keys?: string;
}

export const goToAbout = () => selection.go({ kind: "about" });

/** The tools, as the sidebar and the palette list them. */
export const tools: ToolEntry[] = [
  {
    kind: "inspect",
    name: "Inspect a token or URL…",
    title: "What a token, a URL, a reply or an error is, and what is wrong with it",
    detail: "paste a token, callback, reply, header, curl, JWKS or error",
    keys: "Mod+I",
  },
  {
    kind: "pkce",
    name: "PKCE pair checker",
    title: "Whether a code_verifier and a code_challenge fit",
    detail: "code_verifier and code_challenge, state, nonce",
  },
  {
    kind: "requests",
    name: "Authorization requests",
    title: "Which sign-in a state or a callback URL belongs to",
    detail: "find by state or callback URL",
  },
];

/** What goes to them, for the palette and the shortcuts. */
export const goToTools = (): Action[] => [
  ...tools.map(({ kind, name, detail, keys }): Action => ({
    title: name,
    detail,
    tool: true,
    ...(keys ? { keys } : {}),
    run: () => selection.go({ kind }),
  })),
  { title: "About Bobbin", detail: "version, folders, licenses", tool: true, run: goToAbout },
];
