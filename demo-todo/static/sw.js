// Keeps the program itself on the device, so that a reload works while the server cannot be reached.
// The documents are not its business: SyncKit keeps those.
//
// The network comes first, so that a new build shows at the next load. The cache holds one build as a whole: a page
// that was served from the cache gets its script and its wasm from there too, never one of each build.
const SHELL = 'shell-v1';
const FILES = [
  '/', '/demo_todo.js', '/demo_todo_bg.wasm',
  '/style/base.css', '/style/layout.css', '/style/list.css', '/style/status.css',
  '/icon.svg', '/icon-maskable.svg', '/manifest.webmanifest',
];
// How long a page may wait for the server before the device's own copy is shown.
const PATIENCE_MS = 3000;
// Pages that were served from the cache.
const offlinePages = new Set();

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate') {
    // Every address of the program is the same page.
    const isPage = url.pathname === '/' || url.pathname.startsWith('/l/');
    if (isPage) event.respondWith(page(event));
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(file(event, url.pathname));
  }
});

async function page(event) {
  try {
    const response = await fetch('/', { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.ok) {
      // Refresh the whole set behind the page's back; a set that does not arrive completely changes nothing.
      event.waitUntil(refresh());
      return response;
    }
  } catch {}
  offlinePages.add(event.resultingClientId);
  const cache = await caches.open(SHELL);
  return (await cache.match('/')) ?? Response.error();
}

async function file(event, path) {
  const cache = await caches.open(SHELL);
  if (!offlinePages.has(event.clientId)) {
    try {
      const response = await fetch(event.request);
      if (response.ok) return response;
    } catch {}
  }
  return (await cache.match(path)) ?? Response.error();
}

async function refresh() {
  try {
    const responses = await Promise.all(FILES.map((file) => fetch(file, { cache: 'no-cache' })));
    if (responses.some((response) => !response.ok)) return;
    const cache = await caches.open(SHELL);
    await Promise.all(FILES.map((file, index) => cache.put(file, responses[index])));
  } catch {}
}
