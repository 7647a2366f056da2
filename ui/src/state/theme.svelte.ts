import { theme as windowTheme, type ThemeChoice } from "../ipc/app";

/** The window remembers the choice. */
class Theme {
  choice = $state<ThemeChoice>("system");
  #system = window.matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    this.#system.addEventListener("change", () => this.#apply());
    // The window has its theme by now and passes it on as the system's, so this is the right one at once.
    this.#apply();
  }

  async recall(): Promise<void> {
    try {
      this.choice = await windowTheme(null);
    } catch {
      // The system's theme is no reason to show no page.
    }
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    // The frame of another theme is no reason to refuse the page's.
    windowTheme(choice).catch(() => undefined);
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
