import { theme as tellWindow } from "../ipc/app";
import { read, write } from "./stored";

export type ThemeChoice = "system" | "light" | "dark";

class Theme {
  choice = $state<ThemeChoice>(read<ThemeChoice>("theme", "system"));
  #system = window.matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    this.#system.addEventListener("change", () => this.#apply());
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    write("theme", choice);
    // The frame of another theme is no reason to refuse the page's.
    tellWindow(choice).catch(() => undefined);
    this.#apply();
  }

  /** System, light, dark, and round again. */
  next(): void {
    this.choose(this.choice === "system" ? "light" : this.choice === "light" ? "dark" : "system");
  }

  #apply(): void {
    const dark = this.choice === "dark" || (this.choice === "system" && this.#system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }
}

export const theme = new Theme();
