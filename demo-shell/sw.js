// Keeps the program itself on the device, so that a reload works while the server cannot be reached.
// The documents are not its business: SyncKit keeps those.
//
// The network comes first, so that a new build shows at the next load. The cache holds one build as a whole: a page
// that was served from the cache gets its script and its wasm from there too, never one of each build.
const SHELL = 'shell-v2';
// What a page loads. Its data comes by other ways.
const IS_FILE = /\.(js|wasm|css|svg|webmanifest)$/;
// How long a page may wait for the server before the device's own copy is shown.
const PATIENCE_MS = 3000;
// Pages that were served from the cache.
const offlinePages = new Set();

// Everything the program needs, by path: the page, the files that it names, and those that its manifest names.
async function fetchAll() {
  const get = async (path) => {
    const response = await fetch(path, { cache: 'no-cache' });
    if (!response.ok) throw new Error(path);
    return [path, response];
  };
  const named = async (response) =>
    ((await response.clone().text()).match(/(?<=["'])\/[^"'?#]+/g) ?? []).filter((path) => IS_FILE.test(path));
  const page = await get('/');
  const files = await Promise.all([...new Set(await named(page[1]))].filter((path) => path !== '/sw.js').map(get));
  const manifest = files.find(([path]) => path.endsWith('.webmanifest'));
  const known = new Set(files.map(([path]) => path));
  const icons = manifest ? (await named(manifest[1])).filter((path) => !known.has(path)) : [];
  return [page, ...files, ...await Promise.all([...new Set(icons)].map(get))];
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
    const isPage = !url.pathname.split('/').pop().includes('.');
    if (isPage) event.respondWith(page(event));
  } else if (IS_FILE.test(url.pathname) && url.pathname !== '/sw.js') {
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
