import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** How code looks, by the page's tokens, so that a change of theme needs no new editor. */
export const look = [
  EditorView.theme({
    "&": { height: "100%", color: "var(--text)", backgroundColor: "transparent" },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": { font: "var(--code)", lineHeight: "1.62", fontVariantLigatures: "none" },
    ".cm-content": { padding: "11px 0", caretColor: "var(--text)" },
    ".cm-line": { padding: "0 16px 0 4px" },
    ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--text-3)" },
    ".cm-lineNumbers .cm-gutterElement": { minWidth: "30px", padding: "0 4px 0 8px" },
    ".cm-foldGutter .cm-gutterElement": { width: "16px", padding: "0 2px" },
    ".cm-placeholder": { color: "var(--text-3)" },
    ".cm-cursor": { borderLeftColor: "var(--text)" },
    ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--sunk) 60%, transparent)" },
    ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection":
      { backgroundColor: "color-mix(in srgb, var(--info) 26%, transparent) !important" },
    ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
      backgroundColor: "transparent",
      outline: "1px solid var(--line-strong)",
    },
    ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
    ".cm-searchMatch-selected": { backgroundColor: "var(--accent-soft)", outlineColor: "var(--accent)" },
    ".cm-selectionMatch": { backgroundColor: "var(--info-soft)" },
    ".cm-foldPlaceholder": {
      border: "none",
      padding: "0 5px",
      color: "var(--text-2)",
      backgroundColor: "var(--sunk)",
    },
    ".cm-panels": { color: "var(--text)", backgroundColor: "var(--sunk)", borderColor: "var(--line)" },
    ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
    ".cm-panel.cm-search": { font: "var(--small)", padding: "6px 30px 6px 10px" },
    ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "3px" },
    ".cm-textfield": {
      height: "24px",
      padding: "0 8px",
      border: "1px solid var(--line-strong)",
      borderRadius: "6px",
      backgroundColor: "var(--panel)",
    },
    ".cm-button": {
      height: "24px",
      padding: "0 9px",
      border: "1px solid var(--line-strong)",
      borderRadius: "6px",
      color: "var(--text)",
      background: "var(--panel)",
    },
    ".cm-panel.cm-search [name=close]": {
      color: "var(--text-2)",
      fontSize: "18px",
      right: "8px",
      top: "6px",
    },
    ".cm-tooltip": {
      border: "1px solid var(--line-strong)",
      borderRadius: "8px",
      color: "var(--text)",
      backgroundColor: "var(--panel)",
      boxShadow: "var(--shadow)",
    },
    ".cm-diagnostic": { padding: "6px 10px", font: "var(--small)" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: [tags.keyword, tags.definitionKeyword, tags.operatorKeyword], color: "var(--accent-code)" },
      { tag: tags.atom, color: "var(--text)" },
      { tag: [tags.variableName, tags.attributeName], color: "var(--text)" },
      { tag: tags.propertyName, color: "var(--code-name)" },
      { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
      { tag: [tags.number, tags.bool, tags.null], color: "var(--warn-text)" },
      { tag: [tags.comment, tags.lineComment], color: "var(--text-3)", fontStyle: "italic" },
      { tag: tags.invalid, color: "var(--bad)" },
    ]),
  ),
];
