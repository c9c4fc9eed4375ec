// The worker's page: each tap is kept on the telephone first and sent when there is a network.
import { answered, forget, keep, refused, waiting } from "./queue.js";

const page = document.querySelector("[data-island='worker']");
if (page) start(page);

function start(root) {
  const post = root.dataset.post;
  const net = root.querySelector("[data-net]");
  const netWords = root.querySelector("[data-net-words]");
  let sending = false;
  let place = 0;

  async function show() {
    const left = await waiting(post);
    net.hidden = navigator.onLine && left.length === 0;
    netWords.textContent = navigator.onLine ? `${left.length} ${root.dataset.waiting}` : `${root.dataset.offline} (${left.length})`;
    root.dataset.queued = String(left.length);
    await showRefused();
  }

  // Each refused entry with whom it was for, what it said and why it was not taken; both buttons are the worker's.
  async function showRefused() {
    const place = root.querySelector("[data-refused-entries]");
    const pattern = root.querySelector("template[data-refused-entry]");
    const rows = (await refused(post)).map((entry) => {
      const row = pattern.content.cloneNode(true).firstElementChild;
      row.querySelector("[data-about]").textContent = about(entry);
      row.querySelector("[data-sentence]").textContent = entry.refused;
      row.querySelector("[data-again]").addEventListener("click", async () => { await keep({ ...entry, refused: "" }); send(); });
      row.querySelector("[data-drop]").addEventListener("click", async () => { await forget(entry.entry); show(); });
      return row;
    });
    place.hidden = rows.length === 0;
    place.replaceChildren(...rows);
  }

  function about(entry) {
    const card = cardOf(entry.task);
    const name = card?.querySelector(".name").textContent ?? `${root.dataset.number} ${entry.task}`;
    const radio = entry.kind === "finding" && card?.querySelector(`[name=fact_${entry.fact}][value="${CSS.escape(entry.answer)}"]`);
    return radio ? `${name} · ${radio.parentElement.textContent.trim()}` : name;
  }

  const cardOf = (task) => root.querySelector(`[data-task="${CSS.escape(task)}"]`);

  // Answers that still wait are shown as given: a page read anew knows only what the server has.
  async function showWaiting() {
    for (const entry of await waiting(post)) {
      const card = cardOf(entry.task);
      if (!card || entry.kind !== "finding") continue;
      const radio = card.querySelector(`[name=fact_${entry.fact}][value="${CSS.escape(entry.answer)}"]`);
      if (radio) { radio.checked = true; settle(card, radio.closest("[data-fact]"), radio, false); }
    }
  }

  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (let round = 0; round < 20; round += 1) {
        const batch = (await waiting(post)).slice(0, 100);
        if (!batch.length) break;
        const answer = await fetch(root.dataset.entries, {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
          body: JSON.stringify({ entries: batch }),
        });
        if (!answer.ok) break;
        const { outcomes } = await answer.json();
        const settled = answered(batch, outcomes);
        for (const { entry, outcome } of settled) {
          if (outcome.taken) await forget(entry.entry);
          else await keep({ ...entry, refused: outcome.message });
          report(entry, outcome);
        }
        if (!settled.length) break;
      }
    } catch {
      // No network: what was tapped lies on the telephone and goes with the next try.
    } finally {
      sending = false;
      await show();
    }
  }

  async function add(task, what) {
    place += 1;
    await keep({ entry: name(), post, task, taken_at: Date.now(), place, ...what });
    await show();
    send();
  }

  function report(entry, outcome) {
    const card = cardOf(entry.task);
    if (!outcome.taken) { toast(`${root.dataset.refused}: ${outcome.message}`); if (card) ready(card); }
    else if (card && entry.kind === "close") { oneLess(card); card.remove(); toast(root.dataset.closed); openNext(); }
  }

  function oneLess(card) {
    for (const which of new Set(["open", card.dataset.state])) {
      const figure = root.querySelector(`[data-tab="${which}"]`);
      if (figure) figure.textContent = String(Math.max(0, Number(figure.textContent.replace(/\D/g, "")) - 1));
    }
  }

  function openNext() {
    const next = root.querySelector("details.card");
    if (next && !root.querySelector("details.card[open]")) next.open = true;
  }

  root.addEventListener("change", (event) => {
    const radio = event.target.closest("input[type=radio]");
    if (!radio) return;
    const card = radio.closest("[data-task]");
    const ask = radio.closest("[data-fact]");
    const way = card.querySelector("[name=way]").value;
    add(card.dataset.task, { kind: "finding", fact: Number(ask.dataset.fact), answer: radio.value, way: Number(way) });
    settle(card, ask, radio);
  });

  root.addEventListener("click", (event) => {
    const change = event.target.closest("[data-change]");
    if (change) { const ask = change.closest(".ask"); ask.classList.toggle("reopened"); ask.querySelector("input[type=radio]:checked, input[type=radio]")?.focus(); }
  });

  root.addEventListener("submit", (event) => {
    const form = event.target.closest("form[action*='/my/']");
    const pressed = event.submitter;
    const card = event.target.closest("[data-task]");
    if (!form || !pressed || !card) return;
    if (pressed.matches("[data-close]")) { event.preventDefault(); pressed.disabled = true; add(card.dataset.task, { kind: "close" }); }
    else if (pressed.matches("[data-anomaly]")) { event.preventDefault(); add(card.dataset.task, { kind: "anomaly", anomaly: Number(pressed.value) }); toast(`${root.dataset.kept}: ${pressed.textContent}`); }
    else if (pressed.matches("[data-attempt]")) {
      event.preventDefault();
      const hours = Number(form.elements.again_in.value || 0);
      add(card.dataset.task, { kind: "attempt", way: Number(form.elements.way.value), result: Number(form.elements.result.value), next_attempt_at: hours ? Date.now() + hours * 3_600_000 : 0 });
      toast(`${root.dataset.kept}: ${form.elements.result.selectedOptions[0].textContent}`);
    }
  });

  root.querySelector("[data-sign-out]")?.addEventListener("click", (event) => {
    // Signing out would strand what was not sent yet.
    if (Number(root.dataset.queued || 0) > 0) { event.preventDefault(); toast(`${root.dataset.queued} ${root.dataset.waiting}`); send(); }
  });

  addEventListener("online", send);
  addEventListener("offline", show);
  setInterval(send, 15_000);
  for (const card of root.querySelectorAll("[data-task]")) ready(card);
  showWaiting().then(show).then(send);
}

// A fact answered folds away, the next one opens; the last act is free when all four stand.
function settle(card, ask, radio, moves = true) {
  const establishes = !/_yet$|somebody_else/.test(radio.value);
  ask.classList.remove("reopened");
  ask.dataset.state = establishes ? "done" : "now";
  ask.querySelector("[data-given]").textContent = radio.parentElement.textContent.trim();
  const box = card.querySelectorAll(".facts span")[Number(ask.dataset.fact) - 1];
  if (box) box.dataset.state = establishes ? "done" : "open";
  const asks = [...card.querySelectorAll("[data-fact]")];
  const next = asks.find((one) => one.dataset.state !== "done");
  for (const one of asks) if (one.dataset.state !== "done") one.dataset.state = one === next ? "now" : "later";
  ready(card);
  const close = card.querySelector("[data-close]");
  const why = card.querySelector("[data-why]");
  const open = asks.filter((one) => one.dataset.state !== "done").map((one) => one.querySelector("legend").childNodes[1].textContent.trim());
  why.textContent = next ? `${card.closest("[data-missing]").dataset.missing}: ${open.join(" · ")}` : "";
  if (moves) (next?.querySelector("input[type=radio]") ?? close).focus({ preventScroll: true });
}

// Without this script the button is free, and the server says what is missing.
function ready(card) {
  card.querySelector("[data-close]").disabled = Boolean(card.querySelector("[data-fact]:not([data-state=done])"));
}

// An entry's own name. crypto.randomUUID is there over https only; a desk's first evening is often plain http.
function name() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

function csrf() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function toast(words) {
  const place = document.querySelector(".toasts");
  const one = document.createElement("div");
  one.className = "toast";
  one.textContent = words;
  place.replaceChildren(one);
  setTimeout(() => one.remove(), 8000);
}
