// The one script of every page: htmx, and the islands that a page names with data-island.
import htmx from "htmx.org";
import islands from "shali:islands";

Object.assign(htmx.config, {
  // The content security policy allows no inline style and no eval.
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  // A page with personal data must not lie in the browser's storage.
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    // A refusal is a page too: it says why, and what to do.
    { code: "409|422", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ],
});

function csrfToken() {
  const found = /(?:^|; )(?:__Host-)?csrf=([^;]+)/.exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : "";
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
});

const cleanups = new WeakMap();

async function startIsland(element) {
  if (cleanups.has(element)) return;
  const name = element.dataset.island;
  if (!islands[name]) throw new Error(`No island is called ${name}`);
  cleanups.set(element, () => {});
  const { default: start } = await islands[name]();
  const cleanup = element.isConnected ? start(element) : undefined;
  if (typeof cleanup === "function") cleanups.set(element, cleanup);
}

function startIslands(root) {
  if (root.matches?.("[data-island]")) startIsland(root);
  for (const element of root.querySelectorAll("[data-island]")) startIsland(element);
}

// htmx announces the body once it has loaded, and each piece that it swaps in.
document.addEventListener("htmx:load", (event) => startIslands(event.detail.elt));
document.addEventListener("htmx:beforeCleanupElement", (event) => {
  cleanups.get(event.detail.elt)?.();
  cleanups.delete(event.detail.elt);
});
