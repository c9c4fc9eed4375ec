// The work at a table: tubes opened, people bound to them, sealed, voided, boxed. Each act is one event, kept before it counts.
import { takeLabel } from "./documents.js";
import { fits } from "./sizes.js";
import * as store from "./store.js";

export class Refused extends Error {}

/**
 * A table's work. The end of a person's number lies in memory alone, and only of the tube at hand and the one before it.
 * copied: waits for the second copy.
 */
export class Table {
  constructor(pack, roster, sealer, copied) {
    Object.assign(this, { pack, roster, sealer, copied, seen: new Map(), busy: Promise.resolve() });
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
    await this.copied();
    return id;
  }

  current = () => store.get("tube");

  /** The server's pack came anew: from the next act on it holds. */
  renew(pack, roster) {
    Object.assign(this, { pack, roster });
  }

  /** Does the tube at hand hold anybody? */
  async hasPeople() {
    const code = await store.get("tube");
    return code ? (await store.tube(code)).members > 0 : false;
  }

  openTube(said, size = this.pack.site.size) {
    return this.#inTurn(async () => {
      const code = takeLabel(said);
      if (!code) throw new Refused("label");
      if (await store.get("tube")) throw new Refused("tube_open");
      if (await store.tube(code)) throw new Refused("label_used");
      if (!fits(size, this.pack.site.size)) throw new Refused("zone_size");
      await store.write(async (all) => {
        await all.tubes.add({ code, size, members: 0, state: "open", first: null, opened: Date.now() });
        await all.meta.put({ name: "tube", value: code });
      });
      await this.#forgetOlder();
      return code;
    });
  }

  async #forgetOlder() {
    const kept = (await Promise.all((await this.onTable()).slice(0, 2).map((one) => store.swabsOf(one.code)))).flat();
    this.seen = new Map(kept.flatMap(({ event }) => (this.seen.has(event) ? [[event, this.seen.get(event)]] : [])));
  }

  /** Bind a person to the tube at hand. Returns what the screen says: where he stands, and the code of his slip. */
  swab(read, { pair = 1, again = false } = {}) {
    return this.#inTurn(async () => {
      const code = await store.get("tube");
      if (!code) throw new Refused("no_tube");
      const tube = await store.tube(code);
      if (tube.members >= tube.size) throw new Refused("full");
      const mark = read.doc || read.code || read.by ? await this.roster.mark(read) : null;
      const [known, standing] = [mark && (await store.marked(mark)), mark ? this.roster.standing(mark) : "guest"];
      const owes = standing === "owes" && !known?.single;
      if (known && !owes && !again) throw new Refused("twice");
      if (owes && tube.size > 1) throw new Refused("owes_single");
      const { doc = "", code: own = "", name = "", phone = "", how, by = "", child = 0 } = read;
      const said = { k: "swab", tube: code, size: tube.size, doc, code: own, name, phone, how, pair, by, child };
      const [place, at] = [(tube.placed ?? tube.members) + 1, Date.now()];
      const id = await this.#event(said, async (all, event) => {
        await this.#into(all, tube, { event, tube: code, place, at, mark });
        if (mark) await all.marks.put({ mark, times: (await timesOf(all, mark)) + 1, single: owes || Boolean(known?.single) });
        await count(all, 1);
      });
      this.seen.set(id, { initial: read.initial ?? "", tail: read.tail ?? "" });
      const members = tube.members + 1;
      if (members === tube.size) await this.#seal(code, members);
      return { id, standing, place, sealed: members === tube.size };
    });
  }

  async #into(all, tube, one) {
    await all.tubes.update(tube.code, { members: tube.members + 1, placed: one.place, first: Math.min(tube.first ?? one.at, one.at) });
    await all.swabs.add(one);
  }

  /** Who lies in a tube on the table, the newest first: place, hour, and while it is remembered the end of his number. */
  async people(code) {
    const found = (await store.swabsOf(code)).sort((one, other) => other.place - one.place);
    return found.map((one) => ({ ...one, ...this.seen.get(one.event) }));
  }

  /** Tubes on the table out of which people may be taken: the one at hand, then the sealed ones, the newest first. */
  async onTable() {
    const found = [...(await store.tubes("open")), ...(await store.tubes("sealed"))];
    return found.sort((one, other) => (other.opened ?? 0) - (one.opened ?? 0));
  }

  async #leaving(event) {
    const one = event ? await store.swab(event) : null;
    if (!one) throw new Refused("nobody");
    const tube = await store.tube(one.tube);
    // A sealed tube of nobody would wait for a result that is nobody's.
    if (tube.state === "sealed" && tube.members < 2) throw new Refused("last_in_tube");
    return [one, tube];
  }

  /** Take a person out of a tube on the table. */
  takeOut(event) {
    return this.#inTurn(async () => {
      const [one, tube] = await this.#leaving(event);
      await this.#event({ k: "out", of: event, tube: tube.code }, async (all) => {
        await all.tubes.update(tube.code, { members: tube.members - 1 });
        await all.swabs.delete(event);
        await unmark(all, one.mark);
        await count(all, -1);
      });
    });
  }

  /** Move a person out of another tube on the table into the one at hand: that is where his swab lies. */
  move(event) {
    return this.#inTurn(async () => {
      const [one, from] = await this.#leaving(event);
      const code = await store.get("tube");
      if (!code || code === from.code) throw new Refused("move_where");
      const tube = await store.tube(code);
      if (tube.members >= tube.size) throw new Refused("full");
      const place = (tube.placed ?? tube.members) + 1;
      const id = await this.#event({ k: "move", of: event, tube: code, size: tube.size }, async (all, moved) => {
        await all.tubes.update(from.code, { members: from.members - 1 });
        await all.swabs.delete(event);
        await this.#into(all, tube, { ...one, event: moved, tube: code, place });
      });
      this.seen.set(id, this.seen.get(event) ?? {});
      if (tube.members + 1 === tube.size) await this.#seal(code, tube.size);
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

  /** Void a tube on the table, open or sealed. Its people are sampled again: they are known here no more. */
  void_ = (why, code) =>
    this.#inTurn(async () => {
      const tube = code ? await store.tube(code) : null;
      if (!["open", "sealed"].includes(tube?.state)) throw new Refused("no_tube");
      await this.#event({ k: "void", tube: code, why }, async (all) => {
        const people = await all.swabs.where("tube").equals(code).toArray();
        for (const one of people) await unmark(all, one.mark);
        await all.swabs.bulkDelete(people.map((one) => one.event));
        await all.tubes.update(code, { state: "void" });
        await count(all, -tube.members);
        if (tube.state === "open") await all.meta.put({ name: "tube", value: null });
      });
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
        await all.swabs.where("tube").anyOf(codes).delete();
      });
      return codes.length;
    });
  }
}

const count = async (all, by) =>
  all.meta.put({ name: "people", value: Math.max(0, ((await all.meta.get("people"))?.value ?? 0) + by) });

/** How many samples of a person lie here. A mark of an earlier version of this page stands for one. */
async function timesOf(all, mark) {
  const known = await all.marks.get(mark);
  return known ? (known.times ?? 1) : 0;
}

/** One sample fewer of a person: without one he is not known at this table. */
async function unmark(all, mark) {
  // Whoever owed a single tube, and is taken out of it, owes it again.
  const times = mark ? (await timesOf(all, mark)) - 1 : 0;
  if (times > 0) await all.marks.put({ mark, times });
  else if (mark) await all.marks.delete(mark);
}
