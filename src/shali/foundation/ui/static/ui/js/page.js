// What every page needs: theme switch, ticking clocks, rows by keyboard, selection, toasts, refresh in place.
import { clockWords } from "./clock.js";

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = document.documentElement.dataset.bsTheme
      ? document.documentElement.dataset.bsTheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const next = dark ? "light" : "dark";
    document.documentElement.dataset.bsTheme = next;
    try { localStorage.setItem("theme", next); } catch { /* the choice holds for this page only */ }
  });
}

let loadedAt = Date.now();
function tick() {
  const server = Number(document.documentElement.dataset.now || 0);
  if (!server) return;
  const now = server + (Date.now() - loadedAt);
  for (const badge of document.querySelectorAll("[data-due]")) {
    const words = clockWords(Number(badge.dataset.due), now, badge.dataset);
    const time = badge.querySelector("i");
    if (time && time.textContent !== words) time.textContent = words;
  }
}
setInterval(tick, 60_000);

const rows = () => [...document.querySelectorAll("tr[data-href]")];
let current = -1;
function choose(index) {
  const all = rows();
  if (!all.length) return;
  current = Math.max(0, Math.min(all.length - 1, index));
  all.forEach((row, i) => (i === current ? row.setAttribute("aria-selected", "true") : row.removeAttribute("aria-selected")));
  all[current].scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") choose(current + 1);
  else if (event.key === "k") choose(current - 1);
  else if (event.key === "Enter" && current >= 0 && event.target === document.body) location.href = rows()[current].dataset.href;
  else if (event.key === "/") { const box = document.querySelector("[data-search]"); if (box) { event.preventDefault(); box.focus(); } }
  else if (event.key === "f" && document.querySelector(".wall")) document.documentElement.requestFullscreen?.();
  else {
    const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (button) button.click();
  }
});
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label, summary") && !getSelection().toString()) location.href = row.dataset.href;
});

for (const form of document.querySelectorAll("[data-selection]")) {
  const boxes = [...form.querySelectorAll("input[name=task]")];
  const count = () => {
    const n = boxes.filter((box) => box.checked).length;
    for (const place of form.querySelectorAll("[data-selected]")) place.textContent = String(n);
    for (const button of form.querySelectorAll("[data-needs-selection]")) button.disabled = n === 0;
  };
  let last = null;
  boxes.forEach((box, i) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) for (let k = Math.min(i, last); k <= Math.max(i, last); k += 1) boxes[k].checked = box.checked;
    last = i;
    count();
  }));
  form.querySelector("[data-select-all]")?.addEventListener("change", (event) => { for (const box of boxes) box.checked = event.target.checked; count(); });
  // Everything or those ticked: both at once say two numbers, and the server refuses them.
  form.querySelector("[data-everything]")?.addEventListener("change", (event) => {
    const page = form.querySelector("[data-select-all]");
    for (const box of page ? [page, ...boxes] : boxes) { box.disabled = event.target.checked; if (box.disabled) box.checked = false; }
    count();
  });
  count();
}

for (const toast of document.querySelectorAll(".toast:not([data-stays])")) {
  let timer = setTimeout(() => toast.remove(), 8000);
  toast.addEventListener("mouseenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("mouseleave", () => { timer = setTimeout(() => toast.remove(), 8000); });
}

// A part that says how often it wants to be read again is fetched and put in place; changed figures get an underline.
async function refresh(part) {
  try {
    const answer = await fetch(location.href, { headers: { "X-Part": "1" } });
    if (!answer.ok) throw new Error(`The page answered ${answer.status}.`);
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = read.querySelector("[data-refresh]");
    if (!fresh) { location.reload(); return; }
    // The clocks go on from the hour of the new figures.
    const hour = read.documentElement.dataset.now;
    if (hour) { document.documentElement.dataset.now = hour; loadedAt = Date.now(); }
    const before = new Map([...part.querySelectorAll("[data-figure]")].map((e) => [e.dataset.figure, e.textContent]));
    for (const figure of fresh.querySelectorAll("[data-figure]")) {
      if (before.has(figure.dataset.figure) && before.get(figure.dataset.figure) !== figure.textContent) figure.classList.add("changed");
    }
    part.replaceWith(fresh);
    setTimeout(() => { for (const e of fresh.querySelectorAll(".changed")) e.classList.remove("changed"); }, 2000);
    watch(fresh);
  } catch {
    part.querySelector("[data-stale]")?.removeAttribute("hidden");
    watch(part);
  }
}
function watch(part) { setTimeout(() => refresh(part), Number(part.dataset.refresh) * 1000); }
document.querySelectorAll("[data-refresh]").forEach(watch);

for (const part of document.querySelectorAll("[data-hide-at]")) {
  const wait = Number(part.dataset.hideAt) - Number(document.documentElement.dataset.now);
  setTimeout(() => { location.href = location.pathname; }, Math.max(0, wait));
}
