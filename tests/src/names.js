// Finds what a screen reader would find: visible elements of a role with an accessible name.
// Roles and names follow the simple cases of HTML-AAM and accname; a * at an end of the name stands for anything.
const [wantedRole, wantedName] = arguments;

const byTag = {
  A: (e) => (e.hasAttribute("href") ? "link" : null),
  BUTTON: () => "button",
  DIALOG: () => "dialog",
  FOOTER: () => "contentinfo",
  H1: () => "heading",
  H2: () => "heading",
  H3: () => "heading",
  H4: () => "heading",
  HEADER: (e) => (e.closest("main, section, article, nav, aside") ? null : "banner"),
  INPUT: (e) => ({ checkbox: "checkbox", radio: "radio", button: "button", submit: "button" })[e.type] ?? "textbox",
  LI: () => "listitem",
  MAIN: () => "main",
  NAV: () => "navigation",
  SECTION: (e) => (e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby") ? "region" : null),
  SELECT: () => "combobox",
  SUMMARY: () => "button",
  TABLE: () => "table",
  TEXTAREA: () => "textbox",
};
const namedByContent = ["button", "link", "heading", "option", "menuitem", "radio", "checkbox", "tab", "treeitem"];

const tidy = (text) => text.replace(/\s+/g, " ").trim();

function text(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return "";
  if (node !== document.body && getComputedStyle(node).display === "none") return "";
  return node.getAttribute("aria-label") ?? [...node.childNodes].map(text).join("");
}

const role = (e) => e.getAttribute("role") ?? byTag[e.tagName]?.(e) ?? (e.isContentEditable ? "textbox" : null);

function name(e, itsRole) {
  const by = e.getAttribute("aria-labelledby");
  if (by) return tidy(by.split(/\s+/).map((id) => text(document.getElementById(id) ?? e)).join(" "));
  if (e.hasAttribute("aria-label")) return tidy(e.getAttribute("aria-label"));
  if (e.labels?.length) return tidy([...e.labels].map((label) => text(label)).join(" "));
  if (namedByContent.includes(itsRole)) {
    const content = tidy(text(e));
    if (content) return content;
  }
  if (e.tagName === "TABLE" && e.caption) return tidy(text(e.caption));
  return tidy(e.getAttribute("title") ?? e.getAttribute("placeholder") ?? "");
}

const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
const core = wantedName.replace(/^\*|\*$/g, "");
function fits(itsName) {
  const [before, after] = [wantedName.startsWith("*"), wantedName.endsWith("*")];
  if (before && after) return itsName.includes(core);
  if (before) return itsName.endsWith(core);
  return after ? itsName.startsWith(core) : itsName === core;
}

const found = [];
const others = [];
for (const e of document.querySelectorAll("*")) {
  if (role(e) !== wantedRole || e.closest("[aria-hidden=true], [inert]") || !shown(e)) continue;
  const itsName = name(e, wantedRole);
  if (fits(itsName)) found.push(e);
  else others.push(itsName);
}
return { found, others };
