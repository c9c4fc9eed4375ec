// Codes by camera: the browser's own detector where it has one, zxing's otherwise; both work without network.
import wasm from "zxing-wasm/reader/zxing_reader.wasm";
import { BarcodeDetector as Ours, prepareZXingModule } from "barcode-detector/ponyfill";

const FORMATS = ["qr_code", "code_128", "pdf417", "data_matrix"];

async function detector() {
  if (globalThis.BarcodeDetector) {
    const known = await globalThis.BarcodeDetector.getSupportedFormats();
    if (FORMATS.slice(0, 2).every((one) => known.includes(one))) {
      return new globalThis.BarcodeDetector({ formats: FORMATS.filter((one) => known.includes(one)) });
    }
  }
  prepareZXingModule({ overrides: { locateFile: (path, prefix) => (path.endsWith(".wasm") ? wasm : prefix + path) } });
  return new Ours({ formats: FORMATS });
}

/** Bring the detector's file into the worker's cache while there is a network, or as soon as there is one. */
export function fetchAhead() {
  const ask = async () => {
    const files = await caches.open("station-files");
    if (!(await files.match(wasm))) await files.add(wasm);
  };
  const askAgain = () => ask().then(() => removeEventListener("online", askAgain), () => {});
  addEventListener("online", askAgain);
  if (navigator.onLine) askAgain();
}

/** Show the camera's picture until a code is read or it is stopped; hand the code over. Returns a function that stops. */
export async function watch(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  const detect = await detector();
  video.srcObject = stream;
  await video.play();
  let open = true;
  const stop = () => {
    open = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  (async () => {
    while (open) {
      const [code] = await detect.detect(video).catch(() => []);
      if (code && open) {
        stop();
        found(code.rawValue);
        return;
      }
      await new Promise((again) => setTimeout(again, 120));
    }
  })();
  return stop;
}
