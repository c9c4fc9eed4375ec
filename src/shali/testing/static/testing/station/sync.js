// Batches to the server until each is acknowledged: by epoch, by number, by the hash over all of them.
import { chainOn, fromBase64, sign, signedBytes, toBase64 } from "./seal.js";
import * as store from "./store.js";

const BATCH = 100;
const EVERY = 5_000;
const MOST_WAIT = 120_000;
const FIRST_WAIT = 500;
const MOST_FOR_ONE = 60_000;

/** The server has more to do than it can and says when to come back. */
class Patience extends Error {
  constructor(wait) {
    super("the server asks for patience");
    this.wait = wait;
  }
}

export class Sync {
  constructor(station, pair, urls, changed) {
    Object.assign(this, { station, pair, urls, changed, wait: EVERY, notBefore: 0, busy: false, again: false, stopped: false, timer: 0, state: "idle" });
  }

  start() {
    addEventListener("online", () => this.#back());
    this.soon();
  }

  /** The network is said to be back, often a moment before it carries anything: tries that fail now follow each other fast at first. */
  #back() {
    this.wait = FIRST_WAIT;
    this.soon();
  }

  /** Ask for a try now, or when the server said; a try that runs looks again when it is done. */
  soon() {
    this.#after(Math.max(50, this.notBefore - performance.now()));
  }

  /** Send now what there is to send, and stop. A server that asked for patience is not asked. */
  async finish() {
    this.stopped = true;
    clearTimeout(this.timer);
    while (this.busy) await new Promise((done) => setTimeout(done, 50));
    if (performance.now() < this.notBefore) return;
    try {
      while (await this.#once());
    } catch {
      // What did not go is kept, and goes later under the same name.
    }
  }

  resume() {
    this.stopped = false;
    this.soon();
  }

  #after(milliseconds) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.#run(), milliseconds);
  }

  async #run() {
    if (this.stopped) return;
    if (this.busy) {
      this.again = true;
      return;
    }
    Object.assign(this, { busy: true, again: false });
    let isAsked = false;
    try {
      let more = true;
      while (more) more = await this.#once();
      this.wait = EVERY;
    } catch (reason) {
      if (reason instanceof store.Moved) return location.reload();
      // No network, or a server that asks for patience: what is written lies here and goes with a later try.
      this.state = navigator.onLine ? "waiting" : "offline";
      isAsked = reason instanceof Patience;
      this.wait = isAsked ? reason.wait : Math.min(this.wait * 2, MOST_WAIT);
    }
    // A quarter sooner or later than said, so that not all come at once.
    const pause = this.wait * (0.75 + Math.random() / 2);
    this.notBefore = isAsked ? performance.now() + pause : 0;
    this.busy = false;
    // What was written while this try was on its way does not wait for the pause, unless the server asked for one. The
    // pause begins before the screen is told: a network that comes back meanwhile ends it, and is not overruled by it.
    if (this.again) this.soon();
    else this.#after(pause);
    await this.changed();
  }

  async #once() {
    const { written, acknowledged, apart, paper } = await store.figures();
    const first = Math.max(acknowledged, apart) + 1;
    const events = await store.events(first, BATCH);
    // Somebody may have been sampled since the figures were read.
    const ack = await this.#send(first, events, Math.max(written, events.at(-1)?.q ?? 0), paper);
    await this.#take(ack, acknowledged, first, events);
    return events.length === BATCH || (ack.state === "kept" && ack.up_to > acknowledged && ack.up_to < (await store.lastSeq()));
  }

  async #send(first, events, written, paper) {
    const body = new TextEncoder().encode(JSON.stringify(events));
    const said = [first, events.length, Date.now(), written, paper];
    const signature = await sign(this.pair, await signedBytes(this.station, ...said, body));
    const answer = await fetch(this.urls.batches, {
      method: "POST",
      credentials: "omit",
      headers: {
        "Content-Type": "application/json",
        "X-Station": this.station,
        "X-Said": said.join("|"),
        "X-Signature": toBase64(signature),
      },
      body,
      // A connection that died without a word would hold this try for as long as the browser likes.
      signal: AbortSignal.timeout(MOST_FOR_ONE),
    });
    if (answer.status === 503) throw new Patience(1000 * Number(answer.headers.get("Retry-After") ?? 10));
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    return answer.json();
  }

  /** Take an acknowledgement for what it says. What the server has lost since, it gets again. */
  async #take(ack, before, first, events) {
    this.state = ack.state;
    if (ack.state === "revoked" || ack.state === "forked") {
      if (events.length) await store.set("apart", first + events.length - 1);
      return;
    }
    const chains = await this.#chain(ack.up_to);
    if (chains !== null && chains !== ack.chain) this.state = "differs";
    await store.write(async (all) => {
      await all.meta.bulkPut([
        { name: "acknowledged", value: ack.up_to },
        { name: "epoch", value: ack.epoch },
        { name: "clock_off", value: ack.server_ms - Date.now() },
        { name: "synced_at", value: Date.now() },
      ]);
    });
    if (ack.up_to < before) this.state = "again";
    await store.forgetUpTo(Math.min(ack.safe, ack.up_to));
  }

  /** The hash over all events up to one, as the server must have it; null where the device has forgotten some. */
  async #chain(upTo) {
    let known = await store.get("chain", { q: 0, hash: toBase64(new Uint8Array(32)) });
    if (upTo < known.q) {
      if (await store.get("forgotten", 0)) return null;
      known = { q: 0, hash: toBase64(new Uint8Array(32)) };
    }
    let hash = fromBase64(known.hash);
    for (const one of await store.events(known.q + 1, upTo - known.q)) hash = await chainOn(hash, one.x);
    await store.set("chain", { q: upTo, hash: toBase64(hash) });
    return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
