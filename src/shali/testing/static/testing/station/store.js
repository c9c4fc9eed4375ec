// What lies on the device: sealed events, tubes by label and count, keyed marks of who was sampled, and of the tubes on the
// table who lies in them: place and hour. No name, no number.
import Dexie from "dexie";

// A person is counted once this is on the disk, not in its cache.
const db = new Dexie("shali-station", { chromeTransactionDurability: "strict" });
db.version(1).stores({ meta: "name", outbox: "q", tubes: "code, state", marks: "mark", boxes: "code" });
db.version(2).stores({ earlier: "station" });
db.version(3).stores({ swabs: "event, tube" });
const OF_ONE_STATION = [db.meta, db.outbox, db.tubes, db.marks, db.boxes, db.swabs];

/** Another page of this browser made the device another station, or the store is gone: what this page holds is not its. */
export class Moved extends Error {}

let own = null;
/** From here on this page writes as one station, and no other. */
export const workAs = (station) => { own = station; };

const isOf = async (station) => (await db.meta.get("station"))?.value === station;

async function refuseMoved() {
  if (own && !(await isOf(own))) throw new Moved("this device is another station now, or its store is gone");
}

export async function get(name, otherwise = null) {
  const row = await db.meta.get(name);
  return row === undefined ? otherwise : row.value;
}

export const set = (name, value) => write((all) => all.meta.put({ name, value }));

/** Everything of one act, or nothing of it: a person is counted when this has come back, not before. */
export function write(change) {
  return db.transaction("rw", OF_ONE_STATION, async () => {
    await refuseMoved();
    return change(db);
  });
}

/** Set something that was asked for as one station: the device may be another when the answer comes. */
export const setAs = (station, name, value) =>
  write(async (all) => {
    if (await isOf(station)) await all.meta.put({ name, value });
  });

/**
 * Be another station. Nothing of the old one stays but its events, signed by it (earlier: {station, last, lines}): all of
 * it in one act. Refused with false where an event was written since they were signed.
 */
export function become({ station, pair, earlier }) {
  return db.transaction("rw", [...OF_ONE_STATION, db.earlier], async () => {
    const last = await db.outbox.orderBy("q").last();
    if ((last?.q ?? 0) > (earlier?.last ?? 0)) return false;
    if (earlier) await db.earlier.put(earlier);
    for (const table of OF_ONE_STATION) await table.clear();
    await db.meta.bulkPut([{ name: "station", value: station }, { name: "pair", value: pair }]);
    own = station;
    return true;
  });
}

/** What stations that this device was before have laid aside, until it lies in a backup at the server. */
export const earlier = () => db.earlier.toArray();
export const dropEarlier = (station) => db.earlier.delete(station);

export const event = (seq) => db.outbox.get(seq);
export const events = (first, count) => db.outbox.where("q").between(first, first + count, true, false).sortBy("q");
export const tube = (code) => db.tubes.get(code);
export const tubes = (state) => db.tubes.where("state").equals(state).toArray();
export const marked = (mark) => db.marks.get(mark);
export const swab = (event) => db.swabs.get(event);
export const swabsOf = (tube) => db.swabs.where("tube").equals(tube).toArray();

/** How many events are written, and the last number. */
export async function lastSeq() {
  const last = await db.outbox.orderBy("q").last();
  return Math.max(last?.q ?? 0, await get("forgotten", 0));
}

/**
 * What the station has written and sent, at one moment: {written, acknowledged, apart, paper, people}. Throws Moved where the
 * store is not this page's: one that was lost opens again, empty, and its noughts are nobody's figures.
 */
export const figures = () =>
  db.transaction("r", [db.meta, db.outbox], async () => {
    await refuseMoved();
    const found = { written: await lastSeq() };
    for (const name of ["acknowledged", "apart", "paper", "people"]) found[name] = await get(name, 0);
    return found;
  });

/** Put back events that the store had lost and another copy holds. */
export const putBack = (events) => write((all) => all.outbox.bulkPut(events));

/** Forget what lies in a backup at the server too; the count goes on. */
export async function forgetUpTo(seq) {
  if (seq <= (await get("forgotten", 0))) return;
  await write(async (all) => {
    await all.outbox.where("q").belowOrEqual(seq).delete();
    await all.meta.put({ name: "forgotten", value: seq });
  });
}

/** Ask the browser to keep this when space runs short; it says whether it will. */
export const persist = async () => (navigator.storage?.persist ? navigator.storage.persist() : false);
export const estimate = async () => (navigator.storage?.estimate ? navigator.storage.estimate() : null);
