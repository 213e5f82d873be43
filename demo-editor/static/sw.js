// Keeps the program itself on the device, so that a reload works while the server cannot be reached.
// The documents are not its business: SyncKit keeps those.
//
// The network comes first, so that a new build shows at the next load. The cache holds one build as a whole: a page
// that was served from the cache gets its script and its wasm from there too, never one of each build.
const SHELL = 'editor-shell-v1';
const FILES = [
  '/', '/demo_editor.js', '/demo_editor_bg.wasm',
  '/style/base.css', '/style/layout.css', '/style/editor.css', '/style/panel.css', '/style/history.css', '/style/status.css',
  '/icon.svg', '/icon-maskable.svg', '/manifest.webmanifest',
];
// How long a page may wait for the server before the device's own copy is shown.
const PATIENCE_MS = 3000;
// Pages that were served from the cache.
const offlinePages = new Set();

// Everything the program needs, by path: the files, and the scripts of crates that its own script names.
async function fetchAll() {
  const get = async (path) => {
    const response = await fetch(path, { cache: 'no-cache' });
    if (!response.ok) throw new Error(path);
    return [path, response];
  };
  const files = await Promise.all(FILES.map(get));
  const [, script] = files.find(([path]) => path === '/demo_editor.js');
  const named = (await script.clone().text()).match(/\/snippets\/[^"']+\.js/g) ?? [];
  return [...files, ...await Promise.all([...new Set(named)].map(get))];
}

async function store() {
  const all = await fetchAll();
  const cache = await caches.open(SHELL);
  await Promise.all(all.map(([path, response]) => cache.put(path, response)));
}

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    await store();
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
    const isPage = url.pathname === '/' || url.pathname.startsWith('/d/');
    if (isPage) event.respondWith(page(event));
  } else if (FILES.includes(url.pathname) || url.pathname.startsWith('/snippets/')) {
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
  return kept('/');
}

async function file(event, path) {
  if (!offlinePages.has(event.clientId)) {
    try {
      const response = await fetch(event.request);
      if (response.ok) return response;
    } catch {}
  }
  return kept(path);
}

const kept = async (path) => (await caches.match(path, { cacheName: SHELL })) ?? Response.error();

async function refresh() {
  try {
    await store();
  } catch {}
}
