// Keeps the station's page and files on the device: after one visit it opens for days without network.
import { registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst } from "workbox-strategies";

const PAGE = "/station/";
const same = { ignoreVary: true };
const page = new NetworkFirst({ cacheName: "station-page", networkTimeoutSeconds: 3, matchOptions: same, fetchOptions: { credentials: "omit" } });
const files = new CacheFirst({ cacheName: "station-files", matchOptions: same });

registerRoute(({ url, request }) => url.pathname === PAGE && request.mode === "navigate", page);
registerRoute(({ url }) => url.pathname.startsWith("/static/"), files);

// The page names its files; each is fetched once here, so that none is missing when the network is.
self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const answer = await fetch(PAGE, { credentials: "omit" });
      const html = await answer.clone().text();
      await (await caches.open("station-page")).put(PAGE, answer);
      const named = [...html.matchAll(/="(\/static\/[^"]+)"/g)].map(([, url]) => url);
      await (await caches.open("station-files")).addAll([...new Set(named)]);
      await self.skipWaiting();
    })(),
  );
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
