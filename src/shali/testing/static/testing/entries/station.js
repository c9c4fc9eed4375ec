// The station: let in once by a code, then at work with or without network.
import { fetchAhead, watch } from "../station/camera.js";
import { Copy } from "../station/copy.js";
import { remembered } from "../station/counts.js";
import { take } from "../station/documents.js";
import { enrol, fetchPack } from "../station/entry.js";
import { beginNewLog } from "../station/log.js";
import { Roster } from "../station/roster.js";
import { Screen } from "../station/screen.js";
import { fromBase64, Sealer } from "../station/seal.js";
import { sound } from "../station/sound.js";
import * as store from "../station/store.js";
import { Sync } from "../station/sync.js";
import { Refused, Table } from "../station/table.js";

const root = document.querySelector("[data-station]");
const words = JSON.parse(document.getElementById("station-words").textContent);
const urls = { ...root.dataset };
const AGAIN = 30_000;
const PACK_AGAIN = 300_000;
const screen = new Screen(root, words);
const copy = new Copy(urls.copier);
// The page may be hurried to the keyboard before it is ready: this says when it is.
const ready = () => root.setAttribute("data-ready", "");

async function begin() {
  const [station, pair] = [await store.get("station"), await store.get("pair")];
  if (!station || !pair) return letIn();
  store.workAs(station);
  let pack = await store.get("pack");
  if (navigator.onLine) pack = (await fetchPack(station, pair, urls, pack?.version).catch(() => null)) ?? pack;
  // Let in, and the network went before the roster came: nothing can be done at this table yet.
  if (!pack) {
    screen.say("no_pack", false);
    setTimeout(begin, 3_000);
    return ready();
  }
  const table = new Table(pack, new Roster(pack), new Sealer(fromBase64(pack.server_key), station), () => copy.follow());
  let isPromised = false;
  await copy.begin(station, pair);
  const show = async () => {
    try {
      await screen.show(table, sync);
    } catch (reason) {
      // Begun anew, the page says what was lost before anyone goes on, or works as the other station.
      if (reason instanceof store.Moved) return location.reload();
      throw reason;
    }
    await copy.follow();
    screen.tellOfKeeping(copy, isPromised);
  };
  const sync = new Sync(station, pair, urls, show);
  screen.size(pack.site.size);
  const inTurn = work(table, sync, show);
  await show();
  // Not waited for: some browsers ask their user first.
  store.persist().then((is) => {
    isPromised = is;
    screen.tellOfKeeping(copy, is);
  });
  sync.start();
  for (const change of ["online", "offline"]) addEventListener(change, show);
  setInterval(show, 20_000);
  keepPackNew(table, { station, pair }, show);
  fetchAhead();
  offerAnother(table, sync, show, inTurn, { station, pair });
  ready();
}

/** A round that is frozen, a zone that is set, a recall: the pack is asked for again, at once where the round is not open. */
function keepPackNew(table, { station, pair }, show) {
  let timer = 0;
  const ask = async () => {
    clearTimeout(timer);
    const pack = navigator.onLine ? await fetchPack(station, pair, urls, table.pack.version).catch(() => null) : null;
    if (pack) {
      if (pack.site.size !== table.pack.site.size) screen.size(pack.site.size);
      table.renew(pack, new Roster(pack));
      await show();
    }
    // Some sooner, some later, so that a city's devices do not all ask at once.
    timer = setTimeout(ask, (table.pack.open ? PACK_AGAIN : AGAIN) * (0.75 + Math.random() / 2));
  };
  addEventListener("online", ask);
  timer = setTimeout(ask, table.pack.open ? PACK_AGAIN : AGAIN);
}

/** A code for another station, on a device that is at work: what is to be sent goes first, or stays the old station's. */
function offerAnother(table, sync, show, inTurn, old) {
  const stay = async () => {
    history.replaceState(null, "", location.pathname);
    screen.stay();
    await show();
  };
  const change = inTurn(async (code) => {
    try {
      if (await table.hasPeople()) throw new Refused("tube_open");
      screen.say("sending", true);
      await sync.finish();
      await enrol(code, urls, { copy, old });
      location.replace(location.pathname);
    } catch (reason) {
      screen.say(reason instanceof Refused ? reason.message : "no_network", false);
      sync.resume();
    }
  });
  const ask = () => screen.askForCode(change, location.hash.slice(1), true);
  const hear = async () => {
    const code = location.hash.slice(1);
    if (code && code !== (await store.get("code"))) ask();
  };
  screen.on("anew", ask);
  screen.on("stay", stay);
  addEventListener("hashchange", hear);
  hear();
}

let handing = 0;

/** Events of stations that this device was: to the city as soon as there is a network, whether the device is let in or not. */
async function handInCopies() {
  clearTimeout(handing);
  const orphans = await copy.orphans();
  const arrived = new Map(orphans.map((one) => [one.station, one.arrived ?? 0]));
  screen.tellOfCopies(orphans, arrived);
  screen.on("save", () => save(orphans));
  for (const one of orphans) {
    arrived.set(one.station, await copy.handIn(one, urls.copies).catch(() => one.arrived ?? 0));
    screen.tellOfCopies(orphans, arrived);
  }
  if (orphans.some((one) => arrived.get(one.station) < one.count)) handing = setTimeout(handInCopies, AGAIN);
}

/** For a device that never sees a network again: the copies as files, which a desk takes. */
async function save(orphans) {
  for (const one of [...orphans, ...(copy.station ? [{ station: copy.station }] : [])]) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await copy.asFile(one));
    link.download = `shali-${one.station}.copy`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

/** The first page: a code from the sampling point's page, typed or out of its link. */
async function letIn() {
  const orphans = await copy.orphans();
  screen.tellOfLoss(remembered(), Math.max(0, ...orphans.map((one) => one.last)));
  const enter = async (code) => {
    try {
      const entered = await enrol(code, urls, { copy, old: null });
      history.replaceState(null, "", location.pathname);
      await fetchPack(entered.station, entered.pair, urls).catch(() => {});
      screen.stay();
      removeEventListener("hashchange", ask);
      await begin();
    } catch (reason) {
      screen.say(reason instanceof Refused ? reason.message : "no_network", false);
    }
  };
  // A new code scanned into this very page changes nothing but what stands behind the hash.
  const ask = () => screen.askForCode(enter, location.hash.slice(1), false);
  addEventListener("hashchange", ask);
  ask();
  ready();
}

function work(table, sync, show) {
  let pending = null;

  async function act(doing, right) {
    try {
      const done = await doing();
      sound(true);
      screen.say(typeof right === "function" ? right(done) : right, true);
      return done;
    } catch (reason) {
      if (reason instanceof store.Moved) location.reload();
      if (!(reason instanceof Refused)) throw reason;
      sound(false);
      screen.say(reason.message, false);
      return null;
    } finally {
      await show();
      sync.soon();
    }
  }

  async function swab(read, how = {}) {
    const done = await act(() => table.swab(read, how), ({ standing, sealed }) => (sealed ? "sealed" : standing));
    pending = done === null && read.doc + read.code + (read.by ?? "") ? read : null;
    screen.offerAgain(pending !== null && screen.said === "twice");
    if (done) screen.slip(`${location.origin}${urls.result}${done.id}/`);
  }

  // The next code is read, or the next button pressed, while the last is still written down. Each waits for its turn: what
  // a code means, and what a button does, depends on what came before it.
  let before = Promise.resolve();
  const inTurn = (step) => (...given) => {
    const done = before.then(() => step(...given));
    before = done.catch(() => {});
    return done;
  };

  /** A label where no tube is open, a person where one is: the same field, the same camera, the same reader. */
  const understand = inTurn(async (said, how) => {
    if (!(await table.current())) return act(() => table.openTube(said, screen.size()), "tube_opened");
    const found = take(said, how);
    if (found.wrong) {
      sound(false);
      return screen.say(found.wrong, false);
    }
    return swab(found);
  });

  function read(said, how) {
    screen.clear();
    return understand(said, how);
  }

  screen.on("scan", () => screen.camera((video, stop) => watch(video, (code) => { stop(); read(code, "camera"); })));
  screen.on("read", (said, typed) => read(said, typed ? "hand" : "reader"));
  const brings = (by) => (by.trim() ? take(by, "hand") : { doc: "" });
  screen.on("wrong", (by) => brings(by).wrong ?? (brings(by).doc === undefined ? "unknown" : ""));
  screen.on("nobody", inTurn(({ name, phone, by, child }) => {
    const { doc, tail } = brings(by);
    const brought = doc ? { by: doc, child: Number(child), tail: `${tail} #${child}` } : { tail: "" };
    return swab({ doc: "", code: "", name, phone, how: "none", initial: [...name][0] ?? "", ...brought });
  }));
  screen.on("again", inTurn(() => pending && swab(pending, { again: true, pair: 2 })));
  screen.on("out", inTurn((event) => act(() => table.takeOut(event), "taken_out")));
  screen.on("move", inTurn((event) => act(() => table.move(event), "moved")));
  screen.on("seal", inTurn(() => act(() => table.seal(), "sealed")));
  screen.on("void", inTurn((why, tube) => act(() => table.void_(why, tube), "voided")));
  screen.on("box", inTurn((code, counted) => act(() => table.box(code, counted), "boxed")));
  screen.on("paper", inTurn(async (by) => {
    await store.set("paper", Math.max(0, (await store.get("paper", 0)) + by));
    await show();
    sync.soon();
  }));
  return inTurn;
}

if ("serviceWorker" in navigator) navigator.serviceWorker.register(urls.worker, { scope: "/station/" });
beginNewLog().then(begin).then(handInCopies);
addEventListener("online", handInCopies);
