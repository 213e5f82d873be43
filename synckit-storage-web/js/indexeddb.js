// Why it is as it is: src/indexeddb.rs.
import { failure } from "./failure.js";

const BLOCKED_MS = 2000;
const OPEN_MS = 15000;
const PAGE = 512;
const LAST_ID = "last-id";

const UPGRADES = [
    (database) => ["chunks", "records", "counters"].forEach((store) => database.createObjectStore(store)),
    (database) => database.createObjectStore("replicas"),
];

const GONE = ["InvalidStateError", "TransactionInactiveError", "NotFoundError"];
const ENDED = ["Aborted", "AbortError", "UnknownError", "TimeoutError", "ConstraintError"];

const settled = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

function connect_database(name) {
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
                failed = failure("Aborted", `the upgrade failed: ${thrown}`);
                request.transaction.abort();
            }
        };
        request.onsuccess = () => {
            const connection = { database: request.result, open: true, made };
            if (!waiting) return close(connection);
            connection.database.onversionchange = () => close(connection);
            connection.database.onclose = () => (connection.open = false);
            end(resolve, connection);
        };
        request.onerror = () => {
            const { error } = request;
            const gone = GONE.includes(error?.name) && failure("Unavailable", error.message);
            end(reject, failed || gone || error);
        };
    });
}

function close(connection) {
    connection.open = false;
    connection.database.close();
}

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
        failed ? transaction.abort() : transaction.commit?.();
    } catch {
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

async function replace(chunks, counters, document, read, update) {
    const id = ((await settled(counters.get(LAST_ID))) || 0) + 1;
    if (!Number.isSafeInteger(id)) throw failure("Corrupt", "the ids of chunks are used up");
    counters.put(id, LAST_ID);
    chunks.add(update, [document, id]);
    if (!read.length) return id;
    read.sort();
    const range = IDBKeyRange.bound([document, read[0]], [document, read.at(-1)]);
    const wanted = new Set(read);
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

const OPERATIONS = {
    load: [["chunks"], "readonly", (document, after) => async (chunks) => {
        const found = [];
        for (;;) {
            const range = from(document, after);
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

export async function open_indexeddb(name, durability, emptied) {
    let connection = await connect_database(name);
    return {
        async perform(operation, key, number, bytes, ids) {
            const [stores, mode, make] = OPERATIONS[operation];
            const work = make(key, number, bytes, ids);
            if (!connection.open) {
                const again = await connect_database(name);
                if (again.made) emptied();
                if (connection.open) close(again);
                else connection = again;
            }
            return transact(connection.database, durability, stores, mode, work);
        },
        closed: () => close(connection),
    };
}
