// What lies on the device: sealed events, tubes by label and count, keyed marks of who was sampled. No name, no number.
import Dexie from "dexie";

// A person is counted once this is on the disk, not in its cache.
const db = new Dexie("shali-station", { chromeTransactionDurability: "strict" });
db.version(1).stores({ meta: "name", outbox: "q", tubes: "code, state", marks: "mark", boxes: "code" });

export async function get(name, otherwise = null) {
  const row = await db.meta.get(name);
  return row === undefined ? otherwise : row.value;
}

export const set = (name, value) => db.meta.put({ name, value });

/** Everything of one act, or nothing of it: a person is counted when this has come back, not before. */
export function write(change) {
  return db.transaction("rw", [db.meta, db.outbox, db.tubes, db.marks, db.boxes], () => change(db));
}

export const event = (seq) => db.outbox.get(seq);
export const events = (first, count) => db.outbox.where("q").between(first, first + count, true, false).sortBy("q");
export const tube = (code) => db.tubes.get(code);
export const tubes = (state) => db.tubes.where("state").equals(state).toArray();
export const isMarked = async (mark) => (await db.marks.get(mark)) !== undefined;

/** How many events are written, and the last number. */
export async function lastSeq() {
  const last = await db.outbox.orderBy("q").last();
  return Math.max(last?.q ?? 0, await get("forgotten", 0));
}

/** Forget what lies in a backup at the server too; the count goes on. */
export async function forgetUpTo(seq) {
  if (seq <= (await get("forgotten", 0))) return;
  await write(async (all) => {
    await all.outbox.where("q").belowOrEqual(seq).delete();
    await all.meta.put({ name: "forgotten", value: seq });
  });
}

/** Ask the browser to keep this when space runs short. */
export const persist = async () => (navigator.storage?.persist ? navigator.storage.persist() : false);
export const estimate = async () => (navigator.storage?.estimate ? navigator.storage.estimate() : null);
