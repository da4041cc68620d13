/**
 * The service worker: keeps every file of one version, each checked against its hash when it is taken in, and answers with those alone. So the
 * app starts without a network, all of one version, and a host that serves other bytes than were built is not believed. Nothing else is ever
 * kept, and no request goes through it that is not for a file of the list.
 */
/// <reference lib="webworker" />
import { TAKE_OVER } from "./service-worker-message.ts";

/** Put in by the build: the version, and each file with the SHA-256 of its bytes, `sha256-…`. */
declare const __VERSION__: string;
declare const __FILES__: readonly (readonly [path: string, integrity: string])[];

declare const self: ServiceWorkerGlobalScope;

const PREFIX = "latchkey-";
const CACHE = PREFIX + __VERSION__;
const PAGE = "./";

const address = (path: string): string => new URL(path, self.registration.scope).href;
const known = new Set(__FILES__.map(([path]) => address(path)));

self.addEventListener("install", (event) => {
  event.waitUntil(takeIn());
});

/** All or nothing: a file that does not have its hash fails the whole version, and the one before goes on. */
async function takeIn(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    __FILES__.map(async ([path, integrity]) => {
      const response = await fetch(address(path), { cache: "no-cache", integrity, credentials: "omit" });
      if (!response.ok) throw new Error(`${path} is not there`);
      await cache.put(address(path), response);
    }),
  );
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = "";
  url.search = "";
  // Every page of the app is the one page.
  const wanted = request.mode === "navigate" ? address(PAGE) : url.href;
  if (request.method !== "GET" || !known.has(wanted)) return;
  event.respondWith((async () => (await (await caches.open(CACHE)).match(wanted)) ?? fetch(request))());
});

self.addEventListener("message", (event) => {
  if (event.data === TAKE_OVER) event.waitUntil(self.skipWaiting());
});
