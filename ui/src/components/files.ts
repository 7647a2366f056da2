import { notices } from "../state/notices.svelte";
import { size } from "../words/count";

/** Files that hold text are small; a larger one was chosen by mistake. */
const MOST_BYTES = 256 * 1024;

/** The text of the first file; null where there is none, or none that could be text, which is said. */
export async function textOf(files: FileList | null | undefined): Promise<string | null> {
  const file = files?.[0];
  if (!file) return null;
  if (file.size <= MOST_BYTES) return await file.text();
  notices.say({
    level: "warning",
    code: "file_too_large",
    message: `${file.name} has ${size(file.size)}; at most ${size(MOST_BYTES)} are read.`,
    hint: "Keys, certificates and tokens are smaller.",
  });
  return null;
}

/** Takes a file that is dropped on the element; while one is held over it, the element says so. */
export function takesFiles(take: (text: string) => void) {
  return (element: HTMLElement) => {
    const held = (held: boolean) => element.toggleAttribute("data-held", held);
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      held(true);
    };
    const leave = (event: DragEvent) => {
      if (!element.contains(event.relatedTarget as Node | null)) held(false);
    };
    const drop = (event: DragEvent) => {
      held(false);
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      void textOf(event.dataTransfer.files).then((text) => text !== null && take(text));
    };
    element.addEventListener("dragover", over);
    element.addEventListener("dragleave", leave);
    element.addEventListener("drop", drop);
    return () => {
      element.removeEventListener("dragover", over);
      element.removeEventListener("dragleave", leave);
      element.removeEventListener("drop", drop);
    };
  };
}
