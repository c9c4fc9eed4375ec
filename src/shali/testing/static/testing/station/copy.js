// A second copy of what the station wrote, beside its store: should the browser lose the store, the events lie in a file.
// Each line is the sealed event with the device's own signature, because the key is lost with the store (docs/adr/0014).
import { sign, toBase64 } from "./seal.js";
import * as store from "./store.js";

const AT_ONCE = 100;
const MOST_WAIT = 4_000; // a disk that hangs does not hold up the table

/** Speaks with the worker that holds the file; every answer comes in time or not at all. */
class Files {
  constructor(url) {
    Object.assign(this, { worker: new Worker(url), asked: new Map(), number: 0 });
    this.worker.addEventListener("message", ({ data }) => {
      const { done, failed } = this.asked.get(data.id) ?? {};
      this.asked.delete(data.id);
      if (data.failed) failed?.(new Error(data.failed));
      else done?.(data.done);
    });
    this.worker.addEventListener("error", () => {
      for (const { failed } of this.asked.values()) failed(new Error("no worker"));
    });
  }

  ask(act, given) {
    const id = (this.number += 1);
    return new Promise((done, failed) => {
      this.asked.set(id, { done, failed });
      setTimeout(() => failed(new Error("no answer")), MOST_WAIT);
      this.worker.postMessage({ id, act, given });
    });
  }
}

export class Copy {
  constructor(url) {
    Object.assign(this, { station: null, pair: null, last: 0, emptied: 0, state: "none", busy: Promise.resolve() });
    try {
      this.files = new Files(url);
    } catch {
      this.files = null;
    }
  }

  async #ask(act, given) {
    if (!this.files) throw new Error("no worker");
    return this.files.ask(act, given);
  }

  /** Begin to follow a station's store. What the file holds and the store has lost goes back into the store. */
  async begin(station, pair) {
    Object.assign(this, { station, pair });
    try {
      this.last = await this.#ask("open", station);
      await this.#mend();
      this.state = "open";
    } catch {
      this.state = "none";
    }
    await this.follow();
  }

  async #mend() {
    const written = await store.lastSeq();
    if (this.last <= written) return;
    const lost = (await this.#ask("lines", this.station)).filter((one) => one.q > written);
    await store.putBack(lost.map(({ line }) => bare(JSON.parse(line))));
  }

  /** Write what the store has and the file has not, in turn. Never throws: without a second copy sampling goes on. */
  follow() {
    this.busy = this.busy.then(() => this.#follow()).catch(() => { this.state = "behind"; });
    return this.busy;
  }

  async #follow() {
    if (this.state === "none") return;
    for (;;) {
      const forgotten = await store.get("forgotten", 0);
      if (forgotten > this.emptied && forgotten >= this.last) {
        await this.#ask("empty");
        this.emptied = this.last = forgotten;
      }
      const events = await store.events(Math.max(this.last, forgotten) + 1, AT_ONCE);
      if (!events.length) {
        this.state = "open";
        return;
      }
      await this.#ask("append", await Promise.all(events.map((one) => signedLine(this.station, this.pair, one))));
      this.last = events.at(-1).q;
    }
  }

  /** Every event that the store holds, signed by the station that it is: what it lays aside when it becomes another. */
  async sign(station, pair) {
    const events = await store.events(1, Number.MAX_SAFE_INTEGER - 1);
    if (!events.length) return null;
    const lines = await Promise.all(events.map(async (one) => ({ q: one.q, line: await signedLine(station, pair, one) })));
    return { station, lines, count: lines.length, last: events.at(-1).q };
  }

  /**
   * Events of stations that this device was: laid aside when it became another (isEarlier), or in the second copy of a store
   * that it has lost.
   */
  async orphans() {
    const earlier = (await store.earlier()).map((one) => ({ ...one, isEarlier: true }));
    const known = [this.station, ...earlier.map((one) => one.station)];
    const files = await this.#ask("list").catch(() => []);
    return [...earlier, ...files.filter((one) => !known.includes(one.station))];
  }

  #linesOf = async (orphan) => orphan.lines ?? this.#ask("lines", orphan.station);

  /** Hand a lost store's events in. Returns how many of them the city has, or keeps for a decision. */
  async handIn(orphan, url) {
    const lines = await this.#linesOf(orphan);
    let [arrived, safe] = [0, 0];
    for (let from = 0; from < lines.length; from += AT_ONCE) {
      const body = lines.slice(from, from + AT_ONCE).map((one) => one.line).join("\n");
      const headers = { "Content-Type": "application/x-ndjson", "X-Said": String(Date.now()) };
      const answer = await fetch(url, { method: "POST", credentials: "omit", headers, body });
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      const said = await answer.json();
      arrived += said.fresh + said.known + said.apart;
      safe = said.safe;
    }
    // All of it lies in a backup as well: it may go.
    if (safe >= orphan.last) {
      await store.dropEarlier(orphan.station);
      await this.#ask("remove", orphan.station).catch(() => {});
    }
    return arrived;
  }

  /** A station's copy as a file for the desk. */
  async asFile(orphan) {
    const lines = await this.#linesOf(orphan);
    return new Blob(lines.map((one) => `${one.line}\n`), { type: "application/x-ndjson" });
  }
}

async function signedLine(station, pair, one) {
  const said = `copy|${station}|${one.q}|${one.e}|${one.s}|${one.n}|${one.x}`;
  const signed = await sign(pair, new TextEncoder().encode(said));
  return JSON.stringify({ d: station, ...one, g: toBase64(signed) });
}

const bare = ({ e, q, s, n, x }) => ({ e, q, s, n, x });
