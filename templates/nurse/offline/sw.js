// The worker of the app: pages come from the network as ever; where it does not answer, the shell does, under the address
// that was asked for. It keeps the shell and its files, which hold no patient, and nothing else.
"use strict";

const KEEPS = {{ keeps|safe }};
const CACHE = `spinewatch-${KEEPS.version}`;
const FILES = new Set(KEEPS.files);
const HASHED = /\.[0-9a-f]{12}\.\w+$|\/words\//;
const PATIENCE = 4_000; // ms for a page; then the network counts as away
const AWAY = new Set([502, 503, 504]); // a proxy that says so for it

async function keep() {
  const cache = await caches.open(CACHE);
  const fresh = (address) => new Request(address, { cache: "reload" });
  await cache.add(fresh(KEEPS.shell));
  await Promise.all(KEEPS.files.map((address) => cache.add(fresh(address))));
}

async function forgetOld() {
  const old = (await caches.keys()).filter((name) => name.startsWith("spinewatch-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  try {
    const answer = await Promise.race([fetch(request), tooLate()]);
    return AWAY.has(answer.status) ? shell() : answer;
  } catch {
    return shell();
  }
}

const tooLate = () => new Promise((_, reject) => setTimeout(reject, PATIENCE, new Error("too late")));

async function shell() {
  return (await caches.match(KEEPS.shell, { cacheName: CACHE })) ?? Response.error();
}

// A file that bears its own hash is for ever; a module that is imported by its plain name may be of another version.
async function file(request) {
  const kept = () => caches.match(request, { cacheName: CACHE });
  if (HASHED.test(request.url)) return (await kept()) ?? fetch(request);
  return fetch(request).catch(async () => (await kept()) ?? Response.error());
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOld()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.has(pathname + search)) event.respondWith(file(request));
});
