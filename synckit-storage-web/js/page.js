// The page itself: its connection, its other tabs, what it may keep.

// 64 random bits. `crypto` is there in every context that a browser is known to have.
export const random = () =>
    globalThis.crypto?.getRandomValues(new BigUint64Array(1))[0] ?? BigInt(Math.random() * 2 ** 53);

// Tells what the browser says about network and visibility, until the function that is returned is called.
export function watch(heard) {
    const undo = [];
    const listen = (target, event, tell) => {
        target.addEventListener(event, tell);
        undo.push(() => target.removeEventListener(event, tell));
    };
    for (const event of ["online", "offline"]) listen(globalThis, event, () => heard(event));
    // A worker has no document and is never seen.
    const page = globalThis.document;
    if (page) listen(page, "visibilitychange", () => heard(page.visibilityState));
    return () => undo.forEach((end) => end());
}

// A channel to the other tabs, where there are channels.
export function join(name, heard) {
    if (!globalThis.BroadcastChannel) return;
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => heard(data);
    return channel;
}

// Whether the browser promises not to evict what is stored; asks for it if need be and wanted.
export async function protect(ask) {
    const { storage } = navigator;
    // Workers may look but not ask.
    return !!storage && ((await storage.persisted()) || (ask && !!(await storage.persist?.())));
}

// How long the browser may take to tell whether a lock is held, in milliseconds.
const WAIT_MS = 15000;

// A function that releases the lock again; nothing when somebody holds it, or when there are no Web Locks.
export function hold(name) {
    return new Promise((resolve) => {
        let waiting = true;
        const end = (release) => {
            waiting = false;
            resolve(release);
        };
        setTimeout(end, WAIT_MS);
        // The browser holds the lock until this promise is resolved.
        const held = (lock) => lock && waiting && new Promise(end);
        Promise.resolve(navigator.locks?.request(name, { ifAvailable: true }, held)).then(() => end(), () => end());
    });
}
