// IndexedDB: a log of chunks, records and known replica ids in one database.
//
// chunks    encoded updates under [document, id]
// records   small records under their key
// counters  the last chunk id that was given
// replicas  replica ids that were used with this store, and when they were first used

// How long an opening waits for other tabs to let go of an older version, in milliseconds.
const BLOCKED_MS = 2000;
// How long a browser may take to open a database at all: one behind a blocked one hears nothing of it.
const OPEN_MS = 15000;
// Chunks that are fetched at once.
const PAGE = 512;
const LAST_ID = "last-id";

// From the version that is its index to the next. Steps are only ever added.
const UPGRADES = [
    (database) => ["chunks", "records", "counters"].forEach((store) => database.createObjectStore(store)),
    (database) => database.createObjectStore("replicas"),
];

// What is missing on a connection that is closing or was taken away.
const GONE = ["InvalidStateError", "TransactionInactiveError", "NotFoundError"];
// What says no more than that a transaction ended.
const ENDED = ["Aborted", "AbortError", "UnknownError", "TimeoutError", "ConstraintError"];

const failure = (name, reason) => new DOMException(reason, name);

const settled = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

function connect(name) {
    return new Promise((resolve, reject) => {
        if (!globalThis.indexedDB) throw failure("Unavailable", "this browser has no IndexedDB here");
        const request = indexedDB.open(name, UPGRADES.length);
        let waiting = true;
        const timers = [];
        const end = (answer, value) => {
            waiting = false;
            timers.forEach(clearTimeout);
            answer(value);
        };
        const patience = (ms, reason) =>
            timers.push(setTimeout(() => end(reject, failure("Blocked", reason)), ms));
        patience(OPEN_MS, "it was not opened in time");
        request.onblocked = () => waiting && patience(BLOCKED_MS, "it uses an older version of it");
        let made, failed;
        request.onupgradeneeded = ({ oldVersion }) => {
            made = oldVersion === 0;
            try {
                UPGRADES.slice(oldVersion).forEach((upgrade) => upgrade(request.result));
            } catch (thrown) {
                // All or nothing: the older database stays as it was.
                failed = failure("Aborted", `the upgrade failed: ${thrown}`);
                request.transaction.abort();
            }
        };
        request.onsuccess = () => {
            const connection = { database: request.result, open: true, made };
            // An opening that nobody waits for any more would block the next one.
            if (!waiting) return close(connection);
            // Another tab wants to upgrade or delete. What is under way here is finished first; the next operation
            // opens again, behind the other tab.
            connection.database.onversionchange = () => close(connection);
            connection.database.onclose = () => (connection.open = false);
            end(resolve, connection);
        };
        request.onerror = () => {
            const { error } = request;
            // What a page may not do and what the disk cannot do look alike here: no store.
            const gone = GONE.includes(error?.name) && failure("Unavailable", error.message);
            end(reject, failed || gone || error);
        };
    });
}

function close(connection) {
    connection.open = false;
    connection.database.close();
}

// Does `work` in one transaction; over when that is complete, which is what counts.
async function transact(database, durability, stores, mode, work) {
    const transaction = database.transaction(stores, mode, { durability });
    const ended = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () =>
            reject(transaction.error ?? failure("Aborted", "the browser ended the transaction"));
    });
    ended.catch(() => {});
    let answer, failed;
    try {
        const missing = stores.find((store) => !transaction.objectStoreNames.contains(store));
        if (missing) throw failure("Corrupt", `the object store ${missing} is missing`);
        answer = await work(...stores.map((store) => transaction.objectStore(store)));
    } catch (thrown) {
        failed = thrown ?? failure("Aborted", "no reason given");
    }
    try {
        // All or nothing. `commit` is not in every browser and only spares a turn of the event loop.
        failed ? transaction.abort() : transaction.commit?.();
    } catch {
        // It has ended already.
    }
    try {
        await ended;
    } catch (cause) {
        throw failed && ENDED.includes(cause.name) ? failed : cause;
    }
    if (failed) throw failed;
    return answer;
}

const from = (document, after) => IDBKeyRange.bound([document, after], [document, []], true);

function idOf(key) {
    if (Number.isSafeInteger(key?.[1]) && key[1] >= 0) return key[1];
    throw failure("Corrupt", "a chunk has a key that this program did not write");
}

// Appends an update and deletes the chunks in `read`, in as few requests as possible.
async function replace(chunks, counters, document, read, update) {
    // One counter for the whole store: it outlives the chunks, so ids are never used again.
    const id = ((await settled(counters.get(LAST_ID))) || 0) + 1;
    if (!Number.isSafeInteger(id)) throw failure("Corrupt", "the ids of chunks are used up");
    counters.put(id, LAST_ID);
    chunks.add(update, [document, id]);
    if (!read.length) return id;
    read.sort();
    const range = IDBKeyRange.bound([document, read[0]], [document, read.at(-1)]);
    const wanted = new Set(read);
    // Neighbours that were all read go by one range; a chunk that somebody else wrote between them ends the range.
    let run;
    const flush = () => run && chunks.delete(IDBKeyRange.bound(...run));
    for (const key of await settled(chunks.getAllKeys(range))) {
        if (wanted.has(idOf(key))) {
            run = [run?.[0] ?? key, key];
        } else {
            flush();
            run = undefined;
        }
    }
    flush();
    return id;
}

// For each operation: its object stores, its mode, and what is done.
const OPERATIONS = {
    load: [["chunks"], "readonly", (document, after) => async (chunks) => {
        const found = [];
        for (;;) {
            const range = from(document, after);
            // Answered in the order of asking.
            const asked = [chunks.getAllKeys(range, PAGE), chunks.getAll(range, PAGE)].map(settled);
            const [keys, values] = await Promise.all(asked);
            keys.forEach((key, at) => found.push((after = idOf(key)), values[at]));
            if (keys.length < PAGE) return found;
        }
    }],
    append: [["chunks", "counters"], "readwrite", (document, _, update) => (chunks, counters) =>
        replace(chunks, counters, document, [], update)],
    compact: [["chunks", "counters"], "readwrite", (document, _, update, read) => (chunks, counters) =>
        replace(chunks, counters, document, read, update)],
    delete: [["chunks"], "readwrite", (document) => (chunks) => void chunks.delete(from(document, 0))],
    documents: [["chunks"], "readonly", () => async (chunks) => {
        const found = [];
        const cursors = chunks.openKeyCursor();
        for (let cursor; (cursor = await settled(cursors)); ) {
            const [document] = cursor.key;
            found.push(document);
            // To the first chunk of the next document: arrays sort after all numbers.
            cursor.continue([document, []]);
        }
        return found;
    }],
    record: [["records"], "readonly", (key) => (records) => settled(records.get(key))],
    set_record: [["records"], "readwrite", (key, _, value) => (records) => void records.put(value, key)],
    replicas: [["replicas"], "readonly", (_, most) => (replicas) => settled(replicas.getAllKeys(null, most))],
    add_replica: [["replicas"], "readwrite", (replica, most) => async (replicas) => {
        const room = (await settled(replicas.count())) < most;
        if (room) replicas.put(Date.now(), replica);
        return room;
    }],
};

// Opens the database of this name, making or upgrading it. `emptied` is called when it was found empty later on.
export async function open_indexeddb(name, durability, emptied) {
    let connection = await connect(name);
    return {
        async perform(operation, key, number, bytes, ids) {
            const [stores, mode, make] = OPERATIONS[operation];
            // Copies: what is handed over is memory that others write to as soon as this returns.
            const work = make(key, number, bytes.slice(), ids.slice());
            if (!connection.open) {
                const again = await connect(name);
                if (again.made) emptied();
                // Another operation may have opened one meanwhile.
                if (connection.open) close(again);
                else connection = again;
            }
            return transact(connection.database, durability, stores, mode, work);
        },
        // Not every closing is announced.
        closed: () => close(connection),
    };
}
