// The station: let in once by a code, then at work with or without network.
import { fetchAhead, watch } from "../station/camera.js";
import { forgetCounts, remembered } from "../station/counts.js";
import { take } from "../station/documents.js";
import { beginNewLog } from "../station/log.js";
import { Roster } from "../station/roster.js";
import { Screen } from "../station/screen.js";
import { fromBase64, newDeviceKey, publicPoint, Sealer, sign, signedBytes, toBase64 } from "../station/seal.js";
import { sound } from "../station/sound.js";
import * as store from "../station/store.js";
import { Sync } from "../station/sync.js";
import { Refused, Table } from "../station/table.js";

const root = document.querySelector("[data-station]");
const words = JSON.parse(document.getElementById("station-words").textContent);
const urls = { ...root.dataset };
const screen = new Screen(root, words);
// The page may be hurried to the keyboard before it is ready: this says when it is.
const ready = () => root.setAttribute("data-ready", "");

async function enrol(code) {
  const pair = await newDeviceKey();
  const answer = await fetch(urls.enrol, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, key: toBase64(await publicPoint(pair)), app: urls.version }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.message ?? said.error ?? "code");
  await store.set("pair", pair);
  await store.set("station", said.station);
  await store.persist();
  forgetCounts();
  await fetchPack(said.station, pair);
}

/** What the table works from: round, point, roster in marks. Asked for anew at each start with a network. */
async function fetchPack(station, pair) {
  const said = [0, 0, Date.now(), 0, 0];
  const body = new TextEncoder().encode("[]");
  const signature = await sign(pair, await signedBytes(station, ...said, body));
  const headers = { "Content-Type": "application/json", "X-Station": station, "X-Said": said.join("|"), "X-Signature": toBase64(signature) };
  const answer = await fetch(urls.pack, { method: "POST", credentials: "omit", headers, body });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  await store.set("pack", await answer.json());
}

async function begin() {
  const [station, pair] = [await store.get("station"), await store.get("pair")];
  if (!station || !pair) return letIn();
  if (navigator.onLine) await fetchPack(station, pair).catch(() => {});
  const pack = await store.get("pack");
  const table = new Table(pack, new Roster(pack), new Sealer(fromBase64(pack.server_key), station));
  const show = async () => screen.show(pack, table, sync);
  const sync = new Sync(station, pair, urls, show);
  screen.size(pack.site.size);
  work(table, sync, show);
  await show();
  sync.start();
  for (const change of ["online", "offline"]) addEventListener(change, show);
  setInterval(show, 20_000);
  fetchAhead();
  ready();
}

/** The first page: a code from the sampling point's page, typed or out of its link. */
function letIn() {
  screen.tellOfLoss(remembered());
  screen.askForCode(async (code) => {
    try {
      await enrol(code);
      history.replaceState(null, "", location.pathname);
      await begin();
    } catch (reason) {
      screen.say(reason instanceof Refused ? reason.message : "no_network", false);
    }
  }, location.hash.slice(1));
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
    pending = done === null && read.doc + read.code ? read : null;
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
  screen.on("nobody", inTurn((name, phone) => swab({ doc: "", code: "", name, phone, how: "none", initial: [...name][0] ?? "", tail: "" })));
  screen.on("again", inTurn(() => pending && swab(pending, { again: true, pair: 2 })));
  screen.on("out", inTurn(() => act(() => table.takeOut(), "taken_out")));
  screen.on("seal", inTurn(() => act(() => table.seal(), "sealed")));
  screen.on("void", inTurn((why) => act(() => table.void_(why), "voided")));
  screen.on("box", inTurn((code, counted) => act(() => table.box(code, counted), "boxed")));
  screen.on("paper", inTurn(async (by) => {
    await store.set("paper", Math.max(0, (await store.get("paper", 0)) + by));
    await show();
    sync.soon();
  }));
}

if ("serviceWorker" in navigator) navigator.serviceWorker.register(urls.worker, { scope: "/station/" });
beginNewLog().then(begin);
