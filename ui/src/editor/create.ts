import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { look } from "./look";

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  /** The accessible name of the text. */
  label: string;
  language: Extension;
  /** What stands there while it is empty. */
  hint?: string;
  onchange?: (text: string) => void;
  /** Where the cursor went, in characters from the beginning. */
  oncursor?: (at: number) => void;
}

/** An editor, free of the page's framework. */
export interface Editor {
  /** Shows another text; what is the same stays, and the cursor with it. */
  setText(text: string): void;
  /** Takes the focus, with a part of the text selected if one is given. */
  focus(part?: { from: number; to: number }): void;
  destroy(): void;
}

/** Lines that every editor shares: numbers, folding, search, brackets. */
const shared = [
  lineNumbers(),
  codeFolding(),
  drawSelection(),
  bracketMatching(),
  search({ top: true }),
  highlightSelectionMatches({ minSelectionLength: 2 }),
  EditorState.tabSize.of(2),
  // The page's policy lets no style in without it.
  EditorView.cspNonce.of(document.querySelector<HTMLStyleElement>("style#first")?.nonce ?? ""),
  look,
];

export function createEditor(options: EditorOptions): Editor {
  const { onchange, oncursor } = options;
  return edit(options, [
    history(),
    closeBrackets(),
    indentOnInput(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap]),
    // Escape and then Tab leaves the editor, as its keymap leaves Tab alone after Escape.
    keymap.of([indentWithTab]),
    options.hint ? placeholder(options.hint) : [],
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onchange?.(update.state.doc.toString());
      if (update.docChanged || update.selectionSet) oncursor?.(update.state.selection.main.head);
    }),
  ]);
}

/** A text that can be read, searched and folded; megabytes are fine, as only what is seen is drawn. */
export function createReader(options: EditorOptions): Editor {
  return edit(options, [
    EditorState.readOnly.of(true),
    foldGutter({ markerDOM: marker }),
    keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap]),
  ]);
}

function edit({ parent, text, label, language }: EditorOptions, own: Extension): Editor {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        shared,
        own,
        language,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      ],
    }),
  });
  return {
    setText(next) {
      const now = view.state.doc.toString();
      if (next === now) return;
      let same = 0;
      const shorter = Math.min(now.length, next.length);
      while (same < shorter && now[same] === next[same]) same++;
      view.dispatch({ changes: { from: same, to: now.length, insert: next.slice(same) } });
    },
    focus(part) {
      if (part) view.dispatch({ selection: { anchor: part.from, head: part.to } });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

function marker(open: boolean): HTMLElement {
  const mark = document.createElement("span");
  mark.textContent = open ? "⌄" : "›";
  mark.title = open ? "Fold" : "Unfold";
  return mark;
}
