// Gives what is wrong with the layout of the view that is shown, one sentence each.
const done = arguments[0];
const main = document.querySelector("main");
const name = (element) =>
  `${element.localName}.${[...element.classList].filter((one) => !one.startsWith("svelte-")).join(".")}` +
  ` “${element.textContent.trim().slice(0, 40)}”`;
const box = (element) => element.getBoundingClientRect();
// What an editor holds is scrolled, and what only a screen reader meets has no place.
const seen = (element) =>
  !element.closest(".cm-scroller, .visually-hidden, option") && element.getClientRects().length > 0;

/**
 * The ancestor that hides the end of the element. None where that is scrolled to or ends in an ellipsis, nor where
 * the whole element is hidden.
 */
function cutBy(element) {
  for (let above = element.parentElement; above && above !== main.parentElement; above = above.parentElement) {
    const { overflowX, textOverflow } = getComputedStyle(above);
    if (textOverflow === "ellipsis" || overflowX === "auto" || overflowX === "scroll") return null;
    if (overflowX === "visible" || box(element).right <= box(above).right + 1) continue;
    return box(element).top < box(above).bottom - 1 ? above : null;
  }
  return null;
}

function look() {
  const faults = [];
  const edge = Math.min(box(main).right, innerWidth);
  for (const element of main.querySelectorAll("*")) {
    if (!seen(element)) continue;
    if (box(element).right > edge + 1 && !element.closest(".clip")) faults.push(`${name(element)} leaves the view`);
    const speaks = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!speaks) continue;
    const style = getComputedStyle(element);
    if (style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && element.scrollWidth > element.clientWidth + 1)
      faults.push(`${name(element)} ends without an ellipsis`);
    const by = cutBy(element);
    if (by) faults.push(`${name(element)} is cut off by ${by.localName}.${by.className}`);
  }
  for (const button of document.querySelectorAll(".view > header button")) {
    const { left, right, top, bottom } = box(button);
    if (button.closest("[role=menu]")) continue;
    if (left < 0 || right > innerWidth || top < 0 || bottom > innerHeight) faults.push(`${name(button)} is out of reach`);
  }
  return faults;
}

// The second frame from now has the layout of what was changed before.
requestAnimationFrame(() => requestAnimationFrame(() => done(look())));
