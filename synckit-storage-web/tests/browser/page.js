// One script: the test runner's server drops a connection now and then when a page asks for more than six at once.
//
// Faults below the code under test: what a browser does on a bad day, done to the browser's own objects.

let undo = [];

function replace(object, property, make) {
    const descriptor = Object.getOwnPropertyDescriptor(object, property);
    const value = make(object[property]);
    Object.defineProperty(object, property, { value, configurable: true, writable: true });
    undo.push(() => {
        if (descriptor) Object.defineProperty(object, property, descriptor);
        else delete object[property];
    });
}

export function restore() {
    while (undo.length) undo.pop()();
}

// window.a.b is not there.
export function hide(path) {
    let object = window;
    for (const part of path.slice(0, -1)) object = object[part];
    replace(object, path.at(-1), () => undefined);
}

// The next `times` writes to IndexedDB end their transaction, for `name` or for no reason.
export function abort_writes(times, name) {
    for (const method of ["add", "put"]) {
        replace(IDBObjectStore.prototype, method, (original) => function (...values) {
            const request = original.apply(this, values);
            // The store of ids is written first: the fault comes when the chunk or the record follows.
            if (this.name !== "counters" && times-- > 0) {
                if (name) {
                    const error = new DOMException("injected", name);
                    Object.defineProperty(this.transaction, "error", { value: error });
                }
                this.transaction.abort();
            }
            return request;
        });
    }
}

// Every write to IndexedDB throws.
export function throw_on_writes(name) {
    replace(IDBObjectStore.prototype, "add", () => function () {
        throw new DOMException("injected", name);
    });
}

// Opening a database throws.
export function throw_on_open(name) {
    replace(IDBFactory.prototype, "open", () => function () {
        throw new DOMException("injected", name);
    });
}

// Connections opened from now on, to be closed from below.
let connections = [];
export function watch_connections() {
    connections = [];
    replace(IDBFactory.prototype, "open", (original) => function (...values) {
        const request = original.apply(this, values);
        request.addEventListener("success", () => connections.push(request.result));
        return request;
    });
}

// What a browser does when site data are cleared or a disk fails: it closes connections, and says so or not.
export function close_connections(announced) {
    for (const database of connections.splice(0)) {
        database.close();
        if (announced) database.dispatchEvent(new Event("close"));
    }
}

// The next write finds its connection closed.
export function close_at_next_transaction() {
    let times = 1;
    replace(IDBDatabase.prototype, "transaction", (original) => function (...values) {
        if (times-- > 0) this.close();
        return original.apply(this, values);
    });
}

// Transactions that are begun from now on.
let transactions = [];
export function watch_transactions() {
    transactions = [];
    replace(IDBDatabase.prototype, "transaction", (original) => function (...values) {
        const transaction = original.apply(this, values);
        transactions.push(transaction);
        return transaction;
    });
}

// Mode and durability of each.
export function watched_transactions() {
    return transactions.map((transaction) => `${transaction.mode} ${transaction.durability}`);
}

function settled(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error("blocked"));
    });
}

// Opens a database as some other program would; `upgrade` is called as in the first version of this store.
let other = null;
export async function open_other(name, version) {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = (event) => {
        if (event.oldVersion > 0) return;
        const database = request.result;
        database.createObjectStore("chunks").put(new Uint8Array([1, 2, 3]), ["d", 1]);
        database.createObjectStore("records").put(new Uint8Array([4]), "r");
        database.createObjectStore("counters").put(1, "last-id");
    };
    other = await settled(request);
}

export function close_other() {
    other.close();
}

export async function delete_database(name) {
    await settled(indexedDB.deleteDatabase(name));
}

// Puts something into a database that this program does not write.
export async function put_foreign(name, store, key, value) {
    const database = await settled(indexedDB.open(name));
    const transaction = database.transaction(store, "readwrite");
    transaction.objectStore(store).put(value, key);
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
}

// A method of file streams fails from its `after`th call on.
export function fail_files(method, after, name) {
    replace(FileSystemWritableFileStream.prototype, method, (original) => function (...values) {
        if (after-- > 0) return original.apply(this, values);
        return Promise.reject(new DOMException("injected", name));
    });
}

export async function remove_files() {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry("synckit", { recursive: true });
}

// Cuts `cut` bytes off the last segment of a document, or flips the byte at `flip`.
export async function damage_file(store, document, cut, flip) {
    let folder = await navigator.storage.getDirectory();
    for (const part of ["synckit", store, "documents", document]) folder = await folder.getDirectoryHandle(part);
    const names = [];
    for await (const name of folder.keys()) names.push(name);
    const file = await folder.getFileHandle(names.sort().at(-1));
    let bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
    if (flip !== undefined) bytes[flip] ^= 1;
    bytes = bytes.slice(0, bytes.length - cut);
    const stream = await file.createWritable();
    await stream.write(bytes);
    await stream.close();
}

// A file of a store's folder, written below the code under test, with the folders that lead to it.
async function file_at(store, path) {
    let folder = await navigator.storage.getDirectory();
    const parts = ["synckit", store, ...path.split("/")];
    const name = parts.pop();
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
    return folder.getFileHandle(name, { create: true });
}

export async function put_file(store, path, bytes) {
    const copy = bytes.slice();
    const stream = await (await file_at(store, path)).createWritable();
    await stream.write(copy);
    await stream.close();
}

export async function file_bytes(store, path) {
    return new Uint8Array(await (await (await file_at(store, path)).getFile()).arrayBuffer());
}

// Something that another tab holds until `let_go`.
let held = () => {};
export function let_go() {
    return held();
}

// A Web Lock, for itself alone.
export function hold_lock(name) {
    return new Promise((resolve) => {
        const done = navigator.locks.request(name, () => new Promise((end) => {
            held = () => (end(), done);
            resolve();
        }));
    });
}

// A file, for itself alone: a synchronous handle, which only workers have.
export async function hold_file(store, path) {
    await file_at(store, path);
    const script = `onmessage = async ({ data: parts }) => {
        let folder = await navigator.storage.getDirectory();
        const name = parts.pop();
        for (const part of parts) folder = await folder.getDirectoryHandle(part);
        const handle = await (await folder.getFileHandle(name)).createSyncAccessHandle();
        onmessage = () => (handle.close(), postMessage("closed"));
        postMessage("held");
    };`;
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    const answer = () => new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = reject;
    });
    held = async () => {
        worker.postMessage("close");
        await answer();
        worker.terminate();
    };
    worker.postMessage(["synckit", store, ...path.split("/")]);
    await answer();
}

// Real second contexts: an iframe or a worker with an instance of the compiled tests of its own.

const SCRIPT = (job) => `
    import init, { run_job } from "${location.origin}/wasm-bindgen-test.js";
    await init({ module_or_path: "${location.origin}/wasm-bindgen-test_bg.wasm" });
    await run_job(${JSON.stringify(job)});
`;

export function open_frame(job) {
    const frame = document.createElement("iframe");
    frame.srcdoc = `<script type="module">${SCRIPT(job)}</script>`;
    document.body.append(frame);
    return frame;
}

export function close_frame(frame) {
    frame.remove();
}

export function open_worker(job) {
    const url = URL.createObjectURL(new Blob([SCRIPT(job)], { type: "text/javascript" }));
    return new Worker(url, { type: "module" });
}

export function close_worker(worker) {
    worker.terminate();
}
