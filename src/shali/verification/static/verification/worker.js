// The worker's page: each tap is kept on the telephone first and sent when there is a network.
import { answered, forget, keep, waiting } from "./queue.js";

const page = document.querySelector("[data-island='worker']");
if (page) start(page);

function start(root) {
  const post = root.dataset.post;
  const net = root.querySelector("[data-net]");
  const netWords = root.querySelector("[data-net-words]");
  let sending = false;

  async function show() {
    const left = await waiting(post);
    net.hidden = navigator.onLine && left.length === 0;
    netWords.textContent = navigator.onLine ? `${left.length} ${root.dataset.waiting}` : `${root.dataset.offline} (${left.length})`;
    root.dataset.queued = String(left.length);
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
          await forget(entry.entry);
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
    await keep({ entry: crypto.randomUUID(), post, task, taken_at: Date.now(), ...what });
    await show();
    send();
  }

  function report(entry, outcome) {
    const card = root.querySelector(`[data-task="${CSS.escape(entry.task)}"]`);
    if (!card) return;
    if (!outcome.taken) toast(`${root.dataset.refused}: ${outcome.message}`);
    else if (entry.kind === "close") { card.remove(); toast(root.dataset.closed); openNext(); }
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
  send();
  show();
}

// A fact answered folds away, the next one opens; the last act is free when all four stand.
function settle(card, ask, radio) {
  const establishes = !/_yet$|somebody_else/.test(radio.value);
  ask.classList.remove("reopened");
  ask.dataset.state = establishes ? "done" : "now";
  ask.querySelector("[data-given]").textContent = radio.parentElement.textContent.trim();
  const box = card.querySelectorAll(".facts span")[Number(ask.dataset.fact) - 1];
  if (box) box.dataset.state = establishes ? "done" : "open";
  const asks = [...card.querySelectorAll("[data-fact]")];
  const next = asks.find((one) => one.dataset.state !== "done");
  for (const one of asks) if (one.dataset.state !== "done") one.dataset.state = one === next ? "now" : "later";
  const close = card.querySelector("[data-close]");
  close.disabled = Boolean(next);
  const why = card.querySelector("[data-why]");
  const open = asks.filter((one) => one.dataset.state !== "done").map((one) => one.querySelector("legend").childNodes[1].textContent.trim());
  why.textContent = next ? `${card.closest("[data-missing]").dataset.missing}: ${open.join(" · ")}` : "";
  (next?.querySelector("input[type=radio]") ?? close).focus({ preventScroll: true });
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
