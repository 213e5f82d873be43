// Why it is as it is: src/store.rs, src/builder.rs, src/error.rs, src/lease.rs.
import { open_indexeddb } from "./indexeddb.js";
import { hold, open_memory, open_opfs, opfs_exists, protect } from "./page.js";
import { failure } from "./failure.js";

const MOST_TEXT = 200;
const MOST_REPLICAS = 64;
const CHOSEN = "chosen by the application";

const OWN = ["Aborted", "Address", "Blocked", "Corrupt", "Unavailable", "Unreachable"];
// The first letter of what src/error.rs makes of it; all else is `A`.
const KINDS = {
    Q: ["QuotaExceededError"],
    // The connection is closing, the transaction is over, or the file's folder was removed.
    C: ["InvalidStateError", "TransactionInactiveError", "NotFoundError", "VersionError"],
    U: ["Unavailable", "SecurityError", "NotSupportedError", "NotAllowedError", "TypeError", "ReferenceError"],
    D: ["Corrupt", "NotReadableError", "DataError", "EncodingError"],
    B: ["Blocked", "NoModificationAllowedError"],
    N: ["Address", "SyntaxError"],
};

export function explain(thrown) {
    const property = (name) => (typeof thrown?.[name] === "string" ? thrown[name] : "");
    const [name, message] = [property("name"), property("message")];
    const own = !name || OWN.includes(name);
    // What this crate throws says all in its message, what the browser throws may not.
    let text = (own && message) || (message ? `${name}: ${message}` : name) || "no reason given";
    if (name === "VersionError") text = "a newer version of this program uses the store";
    const kind = Object.keys(KINDS).find((kind) => KINDS[kind].includes(name)) ?? "A";
    return kind + [...text].slice(0, MOST_TEXT).join("");
}

// What other tabs are told of: a letter and an id.
const TOLD = { append: "a", compact: "a", delete: "a", set_record: "r" };

const store_of = (name, backend, reason, places) => {
    let channel;
    let busy = 0;
    // What is under way is finished first.
    const end = () => {
        if (busy || !store.over) return;
        channel?.close();
        places.closed();
    };
    const store = {
        backend,
        reason,
        async perform(operation, key, number, bytes, ids) {
            const given = [operation, key, number, bytes.slice(), ids.slice()];
            const again = (thrown) => {
                const [kind] = explain(thrown);
                if (kind !== "A" && kind !== "C") throw thrown;
                if (kind === "C") places.closed();
                return places.perform(...given);
            };
            busy++;
            try {
                const answer = await places.perform(...given).catch(again);
                if (TOLD[operation]) channel?.postMessage(TOLD[operation] + key);
                return answer;
            } finally {
                busy--;
                end();
            }
        },
        join(heard, ask) {
            if (!backend) return;
            if (globalThis.BroadcastChannel) {
                channel = new BroadcastChannel(`synckit:${name}`);
                channel.onmessage = ({ data }) => typeof data === "string" && !store.over && heard(data);
            }
            protect(ask).then((promised) => promised && !store.over && heard(true), () => {});
        },
        async lease(fresh) {
            const none = [];
            const ask = (operation, key) => store.perform(operation, key, MOST_REPLICAS, none, none);
            try {
                // Something else than an id was written by somebody else.
                const known = (await ask("replicas", "")).filter((name) => /^[0-9a-f]{1,16}$/.test(name));
                for (const replica of [...known.sort(), fresh]) {
                    const release = await hold(`synckit:${name}:replica:${replica}`);
                    if (!release) continue;
                    // For a new one too first the lock, then the note: an id is never known before it is held.
                    if (replica !== fresh || (await ask("add_replica", replica).catch(() => {})))
                        return [replica, release];
                    release();
                }
            } catch {
            }
            return none;
        },
        close() {
            store.over = true;
            end();
        },
    };
    return store;
};

export const memory_store = (name) => store_of(name, "", "", open_memory());

export async function open_store(name, wanted, durability, with_files, emptied) {
    if (wanted === "memory") throw failure("Unavailable", CHOSEN);
    let store;
    const empty = () => store?.over || emptied();
    const opening = () => open_indexeddb(`synckit:${name}`, durability, empty);
    let reason = wanted ? CHOSEN : "the default";
    // Begun before the question whether files hold this store already, as they nearly never do.
    const begun = !wanted && opening();
    let files = wanted === "opfs";
    if (begun && with_files) {
        // It may be used, or not, whatever comes of it.
        begun.catch(() => {});
        if (await opfs_exists(name)) {
            begun.then((unused) => unused.closed(), () => {});
            reason = "it holds this store already";
            files = true;
        }
    }
    if (!files) {
        try {
            return (store = store_of(name, "indexeddb", reason, await (begun || opening())));
        } catch (thrown) {
            const [kind, ...text] = explain(thrown);
            if (wanted || kind !== "U") throw thrown;
            reason = `no IndexedDB: ${text.join("")}`;
        }
        if (!with_files) throw failure("Unavailable", reason);
    }
    try {
        return (store = store_of(name, "opfs", reason, await open_opfs(name, empty)));
    } catch (thrown) {
        const [kind, ...text] = explain(thrown);
        throw kind === "U" ? failure("Unavailable", `${reason}; no OPFS: ${text.join("")}`) : thrown;
    }
}
