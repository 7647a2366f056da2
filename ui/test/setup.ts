import { configure } from "@testing-library/dom";

// A failure names what was looked for, without the whole page; a busy machine may take its time.
configure({
  getElementError: (message) => new Error(message?.split("\n\n")[0]),
  asyncUtilTimeout: 15_000,
  // Whether an element is hidden takes a style of each ancestor to tell, and nothing here hides by style.
  defaultHidden: true,
});

if (typeof window !== "undefined") {
  standInForLayout();
  standInForStyles();
  // The application freezes it before the page's first line runs, so every test runs like that.
  Object.freeze(Object.prototype);
}

/** What jsdom lacks, as far as the page only measures, scrolls, reads a file or asks for the desktop's theme with it. */
function standInForLayout() {
  const nothing = () => undefined;
  const system = Object.assign(new EventTarget(), { matches: false, media: "(prefers-color-scheme: dark)" });
  window.matchMedia = () => system as unknown as MediaQueryList;
  window.ResizeObserver = class {
    observe = nothing;
    unobserve = nothing;
    disconnect = nothing;
  };
  Element.prototype.scrollIntoView = nothing;
  Element.prototype.scrollTo = nothing;
  Blob.prototype.text = function () {
    return new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(String(reader.result));
      reader.readAsText(this);
    });
  };
  HTMLCanvasElement.prototype.getContext = () => null;
  Range.prototype.getBoundingClientRect = () => new DOMRect();
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
}

/**
 * No style of the page is loaded here, so an element looks as its kind does. jsdom would match every rule of its own
 * sheet and of the editor's against each element that is asked about, again and again.
 */
function standInForStyles() {
  const computed = window.getComputedStyle.bind(window);
  const styles = new Map<string, CSSStyleDeclaration>();
  window.getComputedStyle = (element) => {
    const { localName } = element;
    const hidden = element.hasAttribute("hidden");
    const kind = hidden ? `${localName}[hidden]` : localName;
    const known = styles.get(kind);
    if (known) return known;
    const plain = document.createElement(localName);
    plain.toggleAttribute("hidden", hidden);
    const style = computed(plain);
    styles.set(kind, style);
    return style;
  };
}
