// The queue of entries on the telephone: kept in IndexedDB until the server has named each one as taken; a refused one stays with its sentence.
// An entry holds the task's public number and answer codes, never a name, a telephone or an address.
const NAME = "shali-entries";
const STORE = "entries";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "entry" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const keep = (entry) => inStore("readwrite", (store) => store.put(entry));
export const forget = (name) => inStore("readwrite", (store) => store.delete(name));
const all = async (post) =>
  (await inStore("readonly", (store) => store.getAll())).filter((e) => e.post === post).sort((a, b) => a.taken_at - b.taken_at || a.place - b.place);
export const waiting = async (post) => (await all(post)).filter((e) => !e.refused);
// What the server did not take, each with its sentence in `refused`; it stays until the worker sends it again or drops it.
export const refused = async (post) => (await all(post)).filter((e) => e.refused);

// Which entries may leave the telephone: those that the server has answered. Anything unanswered stays.
export function answered(sent, outcomes) {
  const names = new Map(outcomes.map((outcome) => [outcome.entry, outcome]));
  return sent.filter((entry) => names.has(entry.entry)).map((entry) => ({ entry, outcome: names.get(entry.entry) }));
}
