// What the station writes down it seals at once to the server's key, and cannot read again (foundation/vault/outbox.py).
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", namedCurve: "P-256" };
const INFO = new TextEncoder().encode("shali outbox 1");
// A session is as long as this; a new one costs the server one agreement of keys.
export const SESSION_STEPS = 64;

const text = new TextEncoder();
export const toBase64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
export const fromBase64 = (said) => Uint8Array.from(atob(said), (one) => one.charCodeAt(0));

/** A device's own key: it signs with it, and nobody takes it out, not even this page. */
export async function newDeviceKey() {
  return crypto.subtle.generateKey(SIGN, false, ["sign", "verify"]);
}

export async function publicPoint(pair) {
  return crypto.subtle.exportKey("raw", pair.publicKey);
}

export async function sign(pair, bytes) {
  return crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, bytes);
}

async function hmac(key, said) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, typeof said === "string" ? text.encode(said) : said));
}

/** The first bytes of HMAC-SHA-256: with it the station knows a number of the roster again. */
export async function markOf(key, said, length) {
  return toBase64((await hmac(key, said)).slice(0, length));
}

/** A session: a throw-away pair agrees with the server's key; of the outcome only the ratchet's first key is kept. */
async function newSession(serverPoint) {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const server = await crypto.subtle.importKey("raw", serverPoint, CURVE, false, []);
  const agreed = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, pair.privateKey, 256);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const base = await crypto.subtle.importKey("raw", agreed, "HKDF", false, ["deriveBits"]);
  const first = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: point, info: INFO }, base, 256);
  return { point: toBase64(point), key: new Uint8Array(first), step: 0 };
}

/** Seals events one after the other; keeps in memory only the key of the next one. */
export class Sealer {
  constructor(serverPoint, station) {
    this.serverPoint = serverPoint;
    this.station = station;
    this.session = null;
  }

  async seal(event, seq, said) {
    if (!this.session || this.session.step >= SESSION_STEPS) this.session = await newSession(this.serverPoint);
    const { point, key, step } = this.session;
    const once = await crypto.subtle.importKey("raw", await hmac(key, "seal"), "AES-GCM", false, ["encrypt"]);
    const additionalData = text.encode(`${this.station}|${seq}|${event}`);
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: new Uint8Array(12), additionalData },
      once,
      text.encode(JSON.stringify({ v: 1, ...said })),
    );
    const next = await hmac(key, "next");
    key.fill(0);
    this.session = { point, key: next, step: step + 1 };
    return { e: event, q: seq, s: point, n: step, x: toBase64(sealed) };
  }
}

/** What a batch is signed over: the same bytes as `Sent.signed` on the server. */
export async function signedBytes(station, first, count, sentMs, captured, onPaper, body) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
  const head = text.encode(`${station}|${first}|${count}|${sentMs}|${captured}|${onPaper}|`);
  const all = new Uint8Array(head.length + digest.length);
  all.set(head);
  all.set(digest, head.length);
  return all;
}

/** The hash over all events, one link further: what an acknowledgement names. */
export async function chainOn(chain, sealed) {
  const said = text.encode(sealed);
  const all = new Uint8Array(chain.length + said.length);
  all.set(chain);
  all.set(said, chain.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all));
}
