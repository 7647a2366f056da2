import type { ThemeChoice } from "../ipc/generated";
import { theme as windowTheme } from "../ipc/generated/commands/app";

/** The window remembers the choice. */
class Theme {
  choice = $state<ThemeChoice>("system");
  #system = window.matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    this.#system.onchange = () => this.#apply();
    // The window has its theme by now and passes it on as the system's, so this is the right one at once.
    this.#apply();
  }

  async recall(): Promise<void> {
    // A choice that is not known is no reason to show no page.
    this.choice = await windowTheme(null).catch(() => this.choice);
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
    this.choose(({ system: "light", light: "dark", dark: "system" } as const)[this.choice]);
  }

  #apply(): void {
    const system = this.#system.matches ? "dark" : "light";
    document.documentElement.dataset.theme = this.choice === "system" ? system : this.choice;
  }
}

export const theme = new Theme();
