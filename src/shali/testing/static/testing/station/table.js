// The work at a table: tubes opened, people bound to them, sealed, voided, boxed. Each act is one event, kept before it counts.
import { takeLabel } from "./documents.js";
import * as store from "./store.js";

export class Refused extends Error {}

/** A table's work. What it says of people lies in memory alone, and only of the tube at hand. */
export class Table {
  constructor(pack, roster, sealer) {
    Object.assign(this, { pack, roster, sealer, last: [], busy: Promise.resolve() });
  }

  /** One act after the other: a second scan waits until the first is written. */
  #inTurn(act) {
    const done = this.busy.then(act, act);
    this.busy = done.catch(() => {});
    return done;
  }

  async #event(said, change) {
    const seq = (await store.lastSeq()) + 1;
    const id = crypto.randomUUID();
    const sealed = await this.sealer.seal(id, seq, { t: Date.now(), ...said });
    await store.write(async (all) => {
      await all.outbox.add(sealed);
      await change(all, id, seq);
    });
    return id;
  }

  current = () => store.get("tube");

  openTube(said, size = this.pack.site.size) {
    return this.#inTurn(async () => {
      const code = takeLabel(said);
      if (!code) throw new Refused("label");
      if (await store.get("tube")) throw new Refused("tube_open");
      if (await store.tube(code)) throw new Refused("label_used");
      await store.write(async (all) => {
        await all.tubes.add({ code, size, members: 0, state: "open", first: null });
        await all.meta.put({ name: "tube", value: code });
      });
      this.last = [];
      return code;
    });
  }

  /** Bind a person to the tube at hand. Returns what the screen says: where he stands, and the code of his slip. */
  swab(read, { pair = 1, again = false } = {}) {
    return this.#inTurn(async () => {
      const code = await store.get("tube");
      if (!code) throw new Refused("no_tube");
      const tube = await store.tube(code);
      if (tube.members >= tube.size) throw new Refused("full");
      const mark = read.doc || read.code ? await this.roster.mark(read) : null;
      if (mark && !again && (await store.isMarked(mark))) throw new Refused("twice");
      const standing = mark ? this.roster.standing(mark) : "guest";
      const { doc = "", code: own = "", name = "", phone = "", how } = read;
      const said = { k: "swab", tube: code, size: tube.size, doc, code: own, name, phone, how, pair };
      const members = tube.members + 1;
      const id = await this.#event(said, async (all, event) => {
        await all.tubes.update(code, { members, first: tube.first ?? Date.now() });
        if (mark) await all.marks.put({ mark, event });
        await all.meta.put({ name: "people", value: ((await all.meta.get("people"))?.value ?? 0) + 1 });
      });
      this.last = [{ place: members, initial: read.initial ?? "", tail: read.tail ?? "", at: Date.now(), id, mark }, ...this.last].slice(0, 3);
      if (members === tube.size) await this.#seal(code, members);
      return { id, standing, place: members, sealed: members === tube.size };
    });
  }

  /** Take the newest person out of the tube at hand, or move him to another. */
  takeOut() {
    return this.#inTurn(async () => {
      const code = await store.get("tube");
      const newest = this.last[0];
      if (!code || !newest) throw new Refused("nobody");
      const tube = await store.tube(code);
      await this.#event({ k: "out", of: newest.id, tube: code }, async (all) => {
        await all.tubes.update(code, { members: tube.members - 1 });
        if (newest.mark) await all.marks.delete(newest.mark);
        await all.meta.put({ name: "people", value: ((await all.meta.get("people"))?.value ?? 1) - 1 });
      });
      this.last = this.last.slice(1);
    });
  }

  seal = () =>
    this.#inTurn(async () => {
      const code = await store.get("tube");
      const tube = code ? await store.tube(code) : null;
      if (!tube?.members) throw new Refused("empty_tube");
      await this.#seal(code, tube.members);
    });

  async #seal(code, members) {
    await this.#event({ k: "seal", tube: code, n: members }, async (all) => {
      await all.tubes.update(code, { state: "sealed" });
      await all.meta.put({ name: "tube", value: null });
    });
  }

  void_ = (why) =>
    this.#inTurn(async () => {
      const code = await store.get("tube");
      if (!code) throw new Refused("no_tube");
      await this.#event({ k: "void", tube: code, why }, async (all) => {
        await all.tubes.update(code, { state: "void" });
        await all.meta.put({ name: "tube", value: null });
      });
      this.last = [];
    });

  sealed = () => store.tubes("sealed");

  /** Close a box over the sealed tubes on the table: the count on the table must be the count on the screen. */
  box(said, counted) {
    return this.#inTurn(async () => {
      const code = takeLabel(said);
      if (!code) throw new Refused("label");
      const tubes = await store.tubes("sealed");
      if (!tubes.length) throw new Refused("empty_box");
      if (counted !== tubes.length) throw new Refused("count");
      const codes = tubes.map((one) => one.code);
      await this.#event({ k: "box", box: code, tubes: codes, counted, n: codes.length }, async (all) => {
        await all.boxes.add({ code, count: codes.length, at: Date.now() });
        for (const one of codes) await all.tubes.update(one, { state: "boxed" });
      });
      return codes.length;
    });
  }
}
