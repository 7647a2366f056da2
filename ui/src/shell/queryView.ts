/**
 * The editor and its parser are most of the page's script, and take 9 MiB of the window once they are there: they
 * are fetched when the pointer or the focus comes near a query.
 */
export const queryView = () => import("../views/query/QueryView.svelte");
