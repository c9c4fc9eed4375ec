// Bundles what the browser gets into src/shali/foundation/ui/static/build (see README.md beside this file).
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const ROOMS = path.join(ROOT, "src", "shali");
const OUT = path.join(ROOMS, "foundation", "ui", "static", "build");
const UI = path.join(ROOMS, "foundation", "ui");

/** Every file below a room's `static` folder that the test accepts, `foundation/ui` first, else by name. */
function roomFiles(accepts) {
  const found = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      if (full === OUT || entry.name === "__pycache__") continue;
      if (entry.isDirectory()) visit(full);
      else if (full.includes(`${path.sep}static${path.sep}`) && accepts(full)) found.push(full);
    }
  };
  visit(ROOMS);
  const rank = (file) => `${file.startsWith(UI) ? 0 : 1}${path.basename(file) === "tokens.css" ? 0 : 1}${file}`;
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

const inFolder = (name, suffix) => (file) => path.basename(path.dirname(file)) === name && file.endsWith(suffix);

function named(files, what) {
  const byName = new Map();
  for (const file of files) {
    const name = path.basename(file, path.extname(file));
    if (byName.has(name)) throw new Error(`Two ${what} are called ${name}: ${byName.get(name)} and ${file}. Rename one.`);
    byName.set(name, file);
  }
  return byName;
}

/** `shali:islands` maps an island's name to a function that loads it; `shali:rooms.css` is every room's style. */
const roomsPlugin = {
  name: "rooms",
  setup(build) {
    build.onResolve({ filter: /^shali:/ }, (asked) => ({ path: asked.path, namespace: "rooms" }));
    build.onLoad({ filter: /^shali:islands$/, namespace: "rooms" }, () => {
      const islands = named(roomFiles(inFolder("islands", ".js")), "islands");
      const lines = [...islands].map(([name, file]) => `${JSON.stringify(name)}: () => import(${JSON.stringify(file)}),`);
      return { contents: `export default {\n${lines.join("\n")}\n};`, resolveDir: ROOT };
    });
    build.onLoad({ filter: /^shali:rooms\.css$/, namespace: "rooms" }, () => {
      const styles = roomFiles((file) => file.endsWith(".css"));
      return {
        contents: styles.map((file) => `@import ${JSON.stringify(file)};`).join("\n"),
        loader: "css",
        resolveDir: ROOT,
      };
    });
  },
};

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  legalComments: "linked",
  logLevel: "warning",
  plugins: [roomsPlugin],
};

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
await Promise.all([
  esbuild.build({
    ...common,
    entryPoints: { shali: "frontend/main.js" },
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    outdir: OUT,
  }),
  esbuild.build({
    ...common,
    entryPoints: { shali: "frontend/main.css" },
    loader: { ".svg": "dataurl", ".woff2": "file" },
    external: ["/static/*"],
    outdir: OUT,
  }),
  esbuild.build({
    ...common,
    entryPoints: Object.fromEntries(named(roomFiles(inFolder("entries", ".js")), "entries")),
    format: "iife",
    // Where a script names such a file it gets its address.
    loader: { ".wasm": "file" },
    publicPath: "/static/build",
    outdir: OUT,
  }),
]);
