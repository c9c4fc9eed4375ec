// What the screen shows and hears. The page is made on the server; here its parts are filled and their buttons wired.
import { encode } from "uqr";
import { rememberCounts } from "./counts.js";
import { fits, HOUSEHOLD } from "./sizes.js";
import * as store from "./store.js";

const KEYS_OF_A_READER = 50; // milliseconds between characters: nobody types as fast

export class Screen {
  constructor(root, words) {
    Object.assign(this, { root, words, heard: {}, said: "", typedSlowly: false, lastKey: 0, isAsking: false });
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    for (const button of root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.#act(button));
    }
    for (const form of root.querySelectorAll("form[data-form]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#submit(form, event.submitter?.value);
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

  #submit(form, pressed) {
    const said = Object.fromEntries(new FormData(form));
    if (form.dataset.form === "nobody" && !this.#isRight(form.elements.by)) return;
    form.reset();
    form.closest("dialog")?.close();
    if (form.dataset.form === "read") {
      this.heard.read?.(said.said, this.typedSlowly);
      this.typedSlowly = false;
    } else if (form.dataset.form === "nobody") this.heard.nobody?.(said);
    else if (form.dataset.form === "box") this.heard.box?.(said.box, Number(said.counted));
    else if (form.dataset.form === "void") this.heard.void?.(said.why, said.tube);
    else if (form.dataset.form === "change") this.heard[pressed]?.(said.event);
    else if (form.dataset.form === "code") this.heard.code?.(said.code);
  }

  /** A document that cannot be right is said to be so before anything of the form is gone. */
  #isRight(field) {
    const wrong = this.heard.wrong?.(field.value);
    field.setCustomValidity(wrong ? this.words[wrong] : "");
    field.oninput = () => field.setCustomValidity("");
    return field.reportValidity();
  }

  /** isAtWork: the device is a station already, and may stay it. */
  askForCode(does, given, isAtWork) {
    this.on("code", does);
    this.isAsking = true;
    this.root.dataset.state = "closed";
    this.part("old").hidden = !isAtWork;
    const field = this.part("code");
    // What somebody typed while the page got ready stays; the button waits until there is somebody who hears it.
    field.value = given || field.value;
    field.focus();
    this.part("enter").disabled = false;
  }

  /** Nobody is asked for a code any more. */
  stay() {
    this.isAsking = false;
    this.part("said").hidden = true;
  }

  /**
   * The browser lost its store: say how many people it had counted and what had not arrived, before anyone goes on, and
   * how much of it lies in the second copy. held: the highest number there. What the city has is not lost.
   */
  tellOfLoss(counts, held) {
    const nowhere = Math.max(0, Math.min((counts?.written ?? 0) - held, counts?.waiting ?? 0));
    this.part("lost").hidden = !counts?.waiting;
    for (const name of ["people", "waiting"]) this.#fill(`lost-${name}`, counts?.[name] ?? 0);
    this.#fill("lost-nowhere", nowhere);
    this.part("lost-copied").hidden = nowhere > 0;
    this.part("lost-nowhere").hidden = nowhere === 0;
  }

  /** What lies here of lost stores, and of stations that this device was before, and how much of it the city has. */
  tellOfCopies(orphans, at) {
    for (const [name, some] of Object.entries({ copies: orphans.filter((one) => !one.isEarlier), earlier: orphans.filter((one) => one.isEarlier) })) {
      const count = some.reduce((sum, one) => sum + one.count, 0);
      const arrived = some.reduce((sum, one) => sum + Math.min(at.get(one.station), one.count), 0);
      this.part(name).hidden = !count || (arrived >= count && (name === "earlier" || this.root.dataset.state === "open"));
      this.#fill(`${name}-count`, count);
      this.#fill(`${name}-arrived`, arrived);
    }
  }

  /** How safe the store is: by the second copy, and by the browser's promise. */
  tellOfKeeping(copy, isPromised) {
    this.part("keeping").dataset.state = copy.state === "open" ? "open" : "none";
    this.#fill("copied", copy.last);
    this.part("promised").hidden = !isPromised;
    this.part("unpromised").hidden = isPromised;
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
    if (wanted !== undefined) {
      // A zone of singles has no larger tubes: what a point says is the most, a table may choose less.
      for (const one of this.part("size").options) one.hidden = one.disabled = !fits(Number(one.value), wanted);
      this.part("size").value = String(wanted);
    }
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

  /** Throws Moved where the store is not this page's any more: then nothing of it is shown or remembered. */
  async show(table, sync) {
    const { pack } = table;
    const { written, acknowledged, apart, paper, people } = await store.figures();
    if (!this.isAsking) this.root.dataset.state = "open";
    this.#fill("table", pack.table);
    this.#fill("site", pack.site.name);
    this.#fill("round", pack.round.number);
    this.#fill("people", people);
    this.#fill("acknowledged", Math.min(written, Math.max(acknowledged, apart)));
    const waiting = Math.max(0, written - Math.max(acknowledged, apart));
    this.#fill("waiting", waiting);
    rememberCounts({ people, waiting, written });
    this.#fill("paper", paper);
    this.part("paper-line").dataset.some = String(paper > 0);
    this.part("offline").hidden = navigator.onLine && sync.state !== "offline" && sync.state !== "waiting";
    this.part("apart").hidden = !["revoked", "forked", "differs"].includes(sync.state);
    const code = await table.current();
    const tube = code ? await store.tube(code) : null;
    this.root.dataset.tube = tube ? "open" : "none";
    if (tube) this.#tube(tube, pack.transport_hours);
    this.#people(tube ? (await table.people(tube.code)).slice(0, 3) : []);
    await this.#onTable(table);
    this.#fill("sealed", (await table.sealed()).length);
    this.part("field").placeholder = tube ? this.words.field_person : this.words.field_label;
    if (!document.querySelector("dialog[open]")) this.part("field").focus({ preventScroll: true });
  }

  #fill(name, value) {
    for (const one of this.root.querySelectorAll(`[data-fill="${name}"]`)) one.textContent = String(value);
  }

  #tube(tube, hours) {
    this.#fill("label", tube.code);
    this.#fill("members", tube.members);
    this.#fill("size", tube.size);
    const isHousehold = tube.size === HOUSEHOLD;
    for (const name of ["of-so-many", "seal-early"]) this.part(name).hidden = isHousehold;
    for (const name of ["of-a-household", "seal-household"]) this.part(name).hidden = !isHousehold;
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
    this.#fill("deliver", tube.first && hours ? hour(tube.first + hours * 3_600_000) : "—");
  }

  /** The tubes on the table and who lies in them, to choose from: by place and hour, no names. */
  async #onTable(table) {
    if (document.querySelector("dialog[open]")) return;
    const tubes = await table.onTable();
    const said = (one) => `${one.code} · ${this.words[one.state === "open" ? "is_open" : "is_sealed"]}`;
    this.part("void-tube").replaceChildren(...tubes.map((one) => new Option(said(one), one.code)));
    const groups = tubes.map(async (one) => {
      const group = Object.assign(document.createElement("optgroup"), { label: said(one) });
      group.append(...(await table.people(one.code)).map((who) => new Option(this.#who(who), who.event)));
      return group;
    });
    this.part("change-who").replaceChildren(...(await Promise.all(groups)));
  }

  #who = (one) => `${one.place} · ${hour(one.at)}${one.tail ? ` · …${one.tail}` : ""}`;

  #people(last) {
    const rows = last.map((one) => {
      const row = this.part("person").content.cloneNode(true).firstElementChild;
      row.querySelector("[data-place]").textContent = String(one.place);
      row.querySelector("[data-name]").textContent = one.initial ? `${one.initial}**` : "";
      row.querySelector("[data-tail]").textContent = one.tail ? `…${one.tail}` : one.mark ? "" : this.words.no_document;
      row.querySelector("[data-hour]").textContent = hour(one.at);
      row.querySelector("button").addEventListener("click", () => this.heard.out?.(one.event));
      return row;
    });
    this.part("people").replaceChildren(...rows);
  }
}

const hour = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
