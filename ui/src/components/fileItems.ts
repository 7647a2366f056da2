import { fileOpen, fileShow } from "../ipc/generated/commands/files";
import { notices } from "../state/notices.svelte";
import type { MenuItem } from "./Menu.svelte";

/** What can be done with a file of the workspace outside Bobbin. */
export const fileItems = (file: string): MenuItem[] => [
  { label: "Open file", run: () => void notices.attempt(() => fileOpen(file)) },
  { label: "Show in folder", run: () => void notices.attempt(() => fileShow(file)) },
];
