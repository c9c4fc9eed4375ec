// What the screen shows and hears. The page is made on the server; here its parts are filled and their buttons wired.
import { encode } from "uqr";
import { rememberCounts } from "./counts.js";
import * as store from "./store.js";

const KEYS_OF_A_READER = 50; // milliseconds between characters: nobody types as fast

export class Screen {
  constructor(root, words) {
    Object.assign(this, { root, words, heard: {}, said: "", typedSlowly: false, lastKey: 0 });
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    for (const button of root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.#act(button));
    }
    for (const form of root.querySelectorAll("form[data-form]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#submit(form);
      });
    }
    const field = this.part("field");
    field.addEventListener("keydown", () => {
      const now = performance.now();
      this.typedSlowly ||= field.value !== "" && now - this.lastKey > KEYS_OF_A_READER;
      this.lastKey = now;
    });
  }

  on(what, does) {
    this.heard[what] = does;
  }

  #act(button) {
    const { act, value } = button.dataset;
    if (act === "show") {
      const dialog = this.part(button.dataset.dialog);
      dialog.showModal();
      dialog.querySelector("input")?.focus();
    } else if (act === "hide") button.closest("dialog").close();
    else this.heard[act]?.(value === undefined ? undefined : Number(value));
  }

  #submit(form) {
    const said = Object.fromEntries(new FormData(form));
    form.reset();
    form.closest("dialog")?.close();
    if (form.dataset.form === "read") {
      this.heard.read?.(said.said, this.typedSlowly);
      this.typedSlowly = false;
    } else if (form.dataset.form === "nobody") this.heard.nobody?.(said.name, said.phone);
    else if (form.dataset.form === "box") this.heard.box?.(said.box, Number(said.counted));
    else if (form.dataset.form === "void") this.heard.void?.(said.why);
    else if (form.dataset.form === "code") this.heard.code?.(said.code);
  }

  askForCode(does, given) {
    this.on("code", does);
    this.root.dataset.state = "closed";
    const field = this.part("code");
    field.value = given;
    field.focus();
  }

  /** The browser lost its store: say how many people it had counted and what had not arrived, before anyone goes on. */
  tellOfLoss(counts) {
    this.part("lost").hidden = !counts;
    for (const name of ["people", "waiting"]) this.#fill(`lost-${name}`, counts?.[name] ?? 0);
  }

  /** Say in words what the sound said. */
  say(code, isRight) {
    this.said = code;
    const line = this.part("said");
    line.textContent = this.words[code] ?? code;
    line.dataset.right = String(isRight);
    line.hidden = false;
  }

  /** Nothing of the person before stays on the screen. */
  clear() {
    this.part("said").hidden = true;
    this.part("slip").hidden = true;
    this.part("again").hidden = true;
    this.part("field").value = "";
  }

  offerAgain(is) {
    this.part("again").hidden = !is;
  }

  /** How many people the next tube holds: as the point says, until the table chooses otherwise. */
  size(wanted) {
    if (wanted !== undefined) this.part("size").value = String(wanted);
    return Number(this.part("size").value);
  }

  /** The slip of whoever was just swabbed: a code that leads to his own result, until the next one comes. */
  slip(url) {
    const { data, size } = encode(url, { border: 2 });
    const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
    const drawing = this.part("slip-drawing");
    drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
    drawing.querySelector("path").setAttribute("d", path);
    this.part("slip").hidden = false;
  }

  async camera(start) {
    const dialog = this.part("camera");
    const video = dialog.querySelector("video");
    dialog.showModal();
    let stop = () => {};
    const close = () => { stop(); dialog.close(); };
    dialog.querySelector("button").onclick = close;
    try {
      stop = await start(video, close);
    } catch {
      close();
      this.say("no_camera", false);
    }
  }

  async show(pack, table, sync) {
    this.root.dataset.state = "open";
    const [written, acknowledged, apart, paper, people] = await Promise.all([
      store.lastSeq(), store.get("acknowledged", 0), store.get("apart", 0), store.get("paper", 0), store.get("people", 0),
    ]);
    this.#fill("table", pack.table);
    this.#fill("site", pack.site.name);
    this.#fill("round", pack.round.number);
    this.#fill("people", people);
    this.#fill("acknowledged", Math.min(written, Math.max(acknowledged, apart)));
    const waiting = Math.max(0, written - Math.max(acknowledged, apart));
    this.#fill("waiting", waiting);
    rememberCounts({ people, waiting });
    this.#fill("paper", paper);
    this.part("paper-line").dataset.some = String(paper > 0);
    this.part("offline").hidden = navigator.onLine && sync.state !== "offline" && sync.state !== "waiting";
    this.part("apart").hidden = !["revoked", "forked", "differs"].includes(sync.state);
    const code = await table.current();
    const tube = code ? await store.tube(code) : null;
    this.root.dataset.tube = tube ? "open" : "none";
    if (tube) this.#tube(tube);
    this.#people(table.last, tube);
    this.#fill("sealed", (await table.sealed()).length);
    this.part("field").placeholder = tube ? this.words.field_person : this.words.field_label;
    if (!document.querySelector("dialog[open]")) this.part("field").focus({ preventScroll: true });
  }

  #fill(name, value) {
    for (const one of this.root.querySelectorAll(`[data-fill="${name}"]`)) one.textContent = String(value);
  }

  #tube(tube) {
    this.#fill("label", tube.code);
    this.#fill("members", tube.members);
    this.#fill("size", tube.size);
    const slots = this.part("slots");
    slots.setAttribute("aria-label", this.words.slots.replace("{n}", tube.members).replace("{size}", tube.size));
    slots.replaceChildren(
      ...Array.from({ length: tube.size }, (_unused, place) => {
        const slot = document.createElement("span");
        slot.textContent = String(place + 1);
        slot.className = place < tube.members ? "taken" : place === tube.members ? "next" : "";
        return slot;
      }),
    );
    this.#fill("first", tube.first ? hour(tube.first) : "—");
    this.#fill("deliver", tube.first ? hour(tube.first + 4 * 3_600_000) : "—");
  }

  #people(last, tube) {
    const rows = (tube ? last : []).map((one, place) => {
      const row = this.part("person").content.cloneNode(true).firstElementChild;
      row.querySelector("[data-place]").textContent = String(one.place);
      row.querySelector("[data-name]").textContent = one.initial ? `${one.initial}**` : "";
      row.querySelector("[data-tail]").textContent = one.tail ? `…${one.tail}` : this.words.no_document;
      row.querySelector("[data-hour]").textContent = hour(one.at);
      const out = row.querySelector("button");
      out.hidden = place !== 0;
      out.addEventListener("click", () => this.heard.out?.());
      return row;
    });
    this.part("people").replaceChildren(...rows);
  }
}

const hour = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
