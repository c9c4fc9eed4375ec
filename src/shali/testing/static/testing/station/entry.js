// A device let in: by a code, once, to a station of one round. What it was before is laid aside, never mixed in.
import { forgetCounts } from "./counts.js";
import { newDeviceKey, publicPoint, sign, signedBytes, toBase64 } from "./seal.js";
import * as store from "./store.js";
import { Refused } from "./table.js";

/** Let the device in by a code. old: the station that it is until now, with its pair, or null. */
export async function enrol(code, urls, { copy, old }) {
  const pair = await newDeviceKey();
  const answer = await fetch(urls.enrol, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, key: toBase64(await publicPoint(pair)), app: urls.version }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.message ?? said.error ?? "code");
  // Events that another page of this browser wrote since they were signed are signed with the next try.
  while (!(await store.become({ station: said.station, pair, earlier: old ? await laidAside(copy, old) : null })));
  forgetCounts();
  // The address with the code in it is opened again: by a browser that was killed, by whoever kept it.
  await store.setAs(said.station, "code", code);
  return { station: said.station, pair };
}

async function laidAside(copy, { station, pair }) {
  const signed = await copy.sign(station, pair);
  const here = Math.max(await store.get("acknowledged", 0), await store.get("apart", 0));
  return signed && { ...signed, arrived: signed.lines.filter((one) => one.q <= here).length };
}

/** What the table works from: round, point, roster in marks. have: the version that it has; null where that is the newest. */
export async function fetchPack(station, pair, urls, have = "") {
  const said = [0, 0, Date.now(), 0, 0];
  const body = new TextEncoder().encode(JSON.stringify({ have }));
  const signature = await sign(pair, await signedBytes(station, ...said, body));
  const headers = { "Content-Type": "application/json", "X-Station": station, "X-Said": said.join("|"), "X-Signature": toBase64(signature) };
  const answer = await fetch(urls.pack, { method: "POST", credentials: "omit", headers, body });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const pack = await answer.json();
  if (pack.same) return null;
  await store.setAs(station, "pack", pack);
  return pack;
}
