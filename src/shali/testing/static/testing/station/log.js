// Chromium's store writes a log and goes on in the same file after a crash. A process killed between a record's head and
// its body leaves half a record; what is written after it reads as damage at the next start, and damage makes the browser
// throw the whole store away. So each start fills the log until the store begins another one, before anything counts.
const SHEETS = 100; // times SHEET: more than the four megabytes that a log may hold
const SHEET = 48 * 1024; // a larger value would go into a file of its own
const NAME = "shali-log";

const done = (request, event = "onsuccess") =>
  new Promise((yes, no) => {
    request[event] = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

/** Leave the log of the last start behind; some five megabytes, a tenth of a second. Never stops the station. */
export async function beginNewLog() {
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("sheets", { autoIncrement: true });
    const db = await done(opening);
    const filling = db.transaction("sheets", "readwrite");
    // Random, because the store packs what repeats itself, and a packed log is not full.
    for (let n = 0; n < SHEETS; n += 1) filling.objectStore("sheets").put(crypto.getRandomValues(new Uint8Array(SHEET)));
    await done(filling, "oncomplete");
    const emptying = db.transaction("sheets", "readwrite", { durability: "strict" });
    emptying.objectStore("sheets").clear();
    await done(emptying, "oncomplete");
    db.close();
  } catch {
    // No room for it: the store works all the same, as it did before.
  }
}
