/** The sidebar lies over the view, and only when it is asked for, where the window has no room for both. */
class SidebarState {
  #narrow = window.matchMedia("(max-width: 760px)");
  #asked = $state(false);
  isDrawer = $state(this.#narrow.matches);

  constructor() {
    this.#narrow.addEventListener("change", ({ matches }) => (this.isDrawer = matches));
  }

  get shown(): boolean {
    return this.#asked || !this.isDrawer;
  }

  show(shown: boolean): void {
    this.#asked = shown;
  }
}

export const sidebar = new SidebarState();
