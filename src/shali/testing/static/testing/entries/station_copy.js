// The station's second copy: one file to a station in the browser's private file system, appended to and flushed to the disk.
// A worker, because only there a file is written in place. Lines of JSON; a line that was torn by a kill is cut off.
const FOLDER = "shali-station";
const TRIES = 30; // a page that is reloaded lets its file go a moment after the next one asks for it
const bytes = new TextEncoder();
let own = null; // { station, access, size }

const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
const named = (station) => `${station}.copy`;
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The lines that can be read, with their numbers. */
function read(text) {
  return text.split("\n").flatMap((line) => {
    try {
      return [{ q: JSON.parse(line).q, line }];
    } catch {
      return [];
    }
  });
}

async function access(handle) {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (reason) {
      if (!left) throw reason;
      await wait(100);
    }
  }
}

async function linesOf(station) {
  if (own?.station !== station) return read(await (await (await (await folder()).getFileHandle(named(station))).getFile()).text());
  const all = new Uint8Array(own.size);
  await own.access.read(all, { at: 0 });
  return read(new TextDecoder().decode(all));
}

const acts = {
  /** Take a station's file for this page alone. Returns the last number in it, 0 for none. */
  async open(station) {
    const handle = await (await folder()).getFileHandle(named(station), { create: true });
    const held = await access(handle);
    own = { station, access: held, size: await held.getSize() };
    const all = new Uint8Array(own.size);
    await held.read(all, { at: 0 });
    own.size = all.lastIndexOf(10) + 1;
    await held.truncate(own.size);
    return Math.max(0, ...(await linesOf(station)).map((one) => one.q));
  },

  /** Write lines behind the others; when this has come back they are on the disk. */
  async append(lines) {
    const added = bytes.encode(lines.map((line) => `${line}\n`).join(""));
    const written = await own.access.write(added, { at: own.size });
    if (written !== added.length) {
      await own.access.truncate(own.size);
      throw new Error("no room for the second copy");
    }
    await own.access.flush();
    own.size += added.length;
  },

  /** All of it lies in a backup at the server: begin anew, as the store does. */
  async empty() {
    await own.access.truncate(0);
    await own.access.flush();
    own.size = 0;
  },

  /** Every copy on this device: of which station, how many lines, up to which number. */
  async list() {
    const found = [];
    for await (const name of (await folder()).keys()) {
      const station = name.slice(0, -".copy".length);
      const lines = await linesOf(station);
      if (lines.length) found.push({ station, count: lines.length, last: Math.max(...lines.map((one) => one.q)) });
    }
    return found;
  },

  lines: async (station) => linesOf(station),

  async remove(station) {
    await (await folder()).removeEntry(named(station));
  },
};

let before = Promise.resolve();
self.addEventListener("message", ({ data: { id, act, given } }) => {
  before = before.then(async () => {
    try {
      self.postMessage({ id, done: await acts[act](given) });
    } catch (reason) {
      self.postMessage({ id, failed: String(reason) });
    }
  });
});
