import { notices } from "../state/notices.svelte";
import { size } from "../words/count";

/** Files that hold text are small; a larger one was chosen by mistake. */
const MOST_BYTES = 256 * 1024;

/** The text of the first file; null where there is none, or none that could be text, which is said. */
export async function textOf(files: FileList | null | undefined): Promise<string | null> {
  const file = files?.[0];
  if (!file) return null;
  return fits(file.name, file.size) ? await file.text() : null;
}

/** Whether something is small enough to be read, which is said where it is not. */
function fits(name: string, bytes: number): boolean {
  if (bytes <= MOST_BYTES) return true;
  notices.say({
    level: "warning",
    code: "file_too_large",
    message: `${name} has ${size(bytes)}; at most ${size(MOST_BYTES)} are read.`,
    hint: "Keys, certificates and tokens are smaller.",
  });
  return false;
}

/** Leaves out a paste that no reader takes: a field with megabytes in it stands still for half a minute. */
export function refuseHugePaste(event: ClipboardEvent) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!fits("What was pasted", text.length)) event.preventDefault();
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
