// Why it is as it is: src/page.rs.
export const random = () =>
    globalThis.crypto?.getRandomValues(new BigUint64Array(1))[0] ?? BigInt(Math.random() * 2 ** 53);

export function watch(heard) {
    const undo = [];
    const listen = (target, event, tell) => {
        target.addEventListener(event, tell);
        undo.push(() => target.removeEventListener(event, tell));
    };
    for (const event of ["online", "offline"]) listen(globalThis, event, () => heard(event));
    const page = globalThis.document;
    if (page) listen(page, "visibilitychange", () => heard(page.visibilityState));
    return () => undo.forEach((end) => end());
}

export async function protect(ask) {
    const { storage } = navigator;
    return !!storage && ((await storage.persisted()) || (ask && !!(await storage.persist?.())));
}

const WAIT_MS = 15000;

export function hold(name) {
    return new Promise((resolve) => {
        let waiting = true;
        const end = (release) => {
            waiting = false;
            resolve(release);
        };
        setTimeout(end, WAIT_MS);
        const held = (lock) => lock && waiting && new Promise(end);
        Promise.resolve(navigator.locks?.request(name, { ifAvailable: true }, held)).then(() => end(), () => end());
    });
}

// The store of last resort: as long as the page.
export function open_memory() {
    let chunks = [];
    const records = new Map();
    let last = 0;
    const append = (document, update) => {
        chunks.push({ document, id: ++last, update });
        return last;
    };
    const operations = {
        load: (document, after) =>
            chunks
                .filter((chunk) => chunk.document === document && chunk.id > after)
                .flatMap((chunk) => [chunk.id, chunk.update]),
        append: (document, _, update) => append(document, update),
        compact: (document, _, snapshot, read) => {
            chunks = chunks.filter((chunk) => chunk.document !== document || !read.includes(chunk.id));
            return append(document, snapshot);
        },
        delete: (document) => void (chunks = chunks.filter((chunk) => chunk.document !== document)),
        documents: () => [...new Set(chunks.map((chunk) => chunk.document))],
        record: (key) => records.get(key),
        set_record: (key, _, value) => void records.set(key, value),
        replicas: () => [],
        add_replica: () => false,
    };
    return {
        perform: async (operation, key, number, bytes, ids) =>
            operations[operation](key, number, bytes, ids),
        closed() {},
    };
}

// What few pages need is loaded by those.
const files = () => import("./opfs.js");

export async function opfs_exists(store) {
    try {
        await (await navigator.storage.getDirectory()).getDirectoryHandle("synckit");
    } catch {
        return false;
    }
    return (await files()).opfs_exists(store);
}

export const open_opfs = async (store, emptied) => (await files()).open_opfs(store, emptied);
