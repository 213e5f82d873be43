// Why it is as it is: src/opfs.rs.
import { failure } from "./failure.js";

const MAGIC = new TextEncoder().encode("SYNCKIT1");
const HEADER = 21;
const UPDATE = 1;
const DELETED = 2;

const MAX_UPDATE_BYTES = 64 << 20;
const MAX_RECORD_FILE_BYTES = (1 << 20) + 1024;
const MAX_RANGES = 1 << 20;
const MAX_ENTRIES = 1 << 20;
const MAX_NAME = 120;
const FULL = 64 << 10;
const LARGEST = FULL + 2 * MAX_UPDATE_BYTES + (32 << 20);
const BATCH_BYTES = 4 << 20;
const MAX_TAILS = 256;
const WAIT_MS = 15000;

export function crc32(bytes) {
    let crc = ~0;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

export function encode(id, kind, replaced, content) {
    const start = HEADER + 16 * replaced.length;
    const bytes = new Uint8Array(start + content.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(4, content.length, true);
    view.setUint32(8, replaced.length, true);
    view.setBigUint64(12, BigInt(id), true);
    view.setUint8(20, kind);
    replaced.flat().forEach((end, at) => view.setBigUint64(HEADER + 8 * at, BigInt(end), true));
    bytes.set(content, start);
    view.setUint32(0, crc32(bytes.subarray(4)), true);
    return bytes;
}

export function decode(bytes) {
    const frames = [];
    if (bytes.length < MAGIC.length) return { frames, valid: 0 };
    const other = MAGIC.findIndex((byte, at) => bytes[at] !== byte);
    // Only the version differs, and is a higher one.
    if (other === MAGIC.length - 1 && bytes[other] > MAGIC[other]) throw failure("VersionError", "");
    if (other >= 0) throw failure("Corrupt", "an unknown file format");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const number = (at) => Number(view.getBigUint64(at, true));
    let at = MAGIC.length;
    while (at + HEADER <= bytes.length) {
        const [length, ranges] = [view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
        if (length > MAX_UPDATE_BYTES || ranges > MAX_RANGES)
            throw failure("Corrupt", "a length that was never written");
        const start = at + HEADER + 16 * ranges;
        const end = start + length;
        if (end > bytes.length) break;
        if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(at, true)) {
            if (end === bytes.length) break;
            throw failure("Corrupt", "a wrong checksum");
        }
        const kind = bytes[at + 20];
        if (kind !== UPDATE && kind !== DELETED) throw failure("Corrupt", "an unknown kind of frame");
        const replaced = [];
        for (let range = at + HEADER; range < start; range += 16)
            replaced.push([number(range), number(range + 8)]);
        frames.push({ id: number(at + 12), kind, replaced, content: bytes.subarray(start, end) });
        at = end;
    }
    return { frames, valid: at };
}

export function live(frames) {
    const deleted = frames.findLast((frame) => frame.kind === DELETED)?.id ?? 0;
    const replaced = frames.flatMap((frame) => frame.replaced).sort((a, b) => a[0] - b[0]);
    let next = 0;
    let until = deleted;
    return frames.filter(({ id }) => {
        while (replaced[next]?.[0] <= id) until = Math.max(until, replaced[next++][1]);
        return id > until;
    });
}

export function runs(frames, wanted) {
    const found = [];
    let going = false;
    for (const frame of frames) {
        const is_wanted = wanted(frame);
        if (going && is_wanted) found.at(-1)[1] = frame.id;
        else if (is_wanted) found.push([frame.id, frame.id]);
        going = is_wanted;
    }
    return found;
}

export function path(id) {
    let name = "";
    for (const byte of new TextEncoder().encode(id)) {
        const letter = String.fromCharCode(byte);
        name += /[a-z0-9-]/.test(letter) ? letter : `_${byte.toString(16).padStart(2, "0")}`;
    }
    return name.match(new RegExp(`.{1,${MAX_NAME}}`, "g")).map((part, at, all) => (all[at + 1] ? part + "+" : part));
}

export function id_of(name) {
    try {
        return decodeURIComponent(name.replaceAll("_", "%"));
    } catch {
    }
}

const find = (asked, make) =>
    asked.catch((thrown) => {
        if (make || thrown.name !== "NotFoundError") throw thrown;
    });

async function walk(folder, parts, make) {
    for (const part of parts)
        folder &&= await find(folder.getDirectoryHandle(part, { create: make }), make);
    return folder;
}

async function root(store, make) {
    if (!navigator.storage?.getDirectory)
        throw failure("Unavailable", "this browser has no private files here");
    return walk(await navigator.storage.getDirectory(), ["synckit", path(store).join("")], make);
}

async function entries(folder) {
    const found = [];
    for await (const entry of folder.values())
        if (found.push(entry) > MAX_ENTRIES)
            throw failure("Corrupt", `more than ${MAX_ENTRIES} files in one folder`);
    return found;
}

async function read(file, limit) {
    if (file.size > limit)
        throw failure("Corrupt", `a file of ${file.size} bytes where ${limit} are the most`);
    return new Uint8Array(await file.arrayBuffer());
}

async function write(folder, name, position, size, bytes) {
    const file = await folder.getFileHandle(name, { create: true });
    const stream = await file.createWritable({ keepExistingData: position > 0 });
    try {
        const steps = [];
        if (size > position) steps.push(stream.truncate(position));
        if (position > 0) steps.push(stream.seek(position));
        await Promise.all([...steps, stream.write(bytes)]);
        await stream.close();
    } catch (thrown) {
        await stream.abort().catch(() => {});
        throw thrown;
    }
}

const concat = (parts) => new Blob(parts).arrayBuffer().then((buffer) => new Uint8Array(buffer));

async function perform(folder, step, known) {
    const files = (await entries(folder))
        .filter((entry) => /^[0-9a-f]{16}$/.test(entry.name))
        .map((handle) => ({ handle, number: parseInt(handle.name, 16) }))
        .sort((a, b) => a.number - b.number);
    let tail;
    const segments = [];
    for (const segment of [...files].reverse()) {
        const file = await segment.handle.getFile();
        if (known?.number === segment.number && known.size === file.size) {
            tail = known;
            break;
        }
        const bytes = await read(file, LARGEST);
        Object.assign(segment, decode(bytes), { size: bytes.length });
        segments.unshift(segment);
        if (!step.reads(segment.frames)) break;
    }
    const frames = segments.flatMap((segment) => segment.frames);
    const { number, size, valid } = segments.at(-1) ?? { number: 0, size: 0, valid: 0 };
    tail ??= { number, size, valid, last: frames.at(-1)?.id ?? 0 };
    const { answer, write: wanted } = step.plan(frames, tail.last + 1);
    if (!wanted) return { answer, tail };
    const joins = !wanted.staying && tail.valid > 0 && tail.valid < FULL;
    const target = joins ? tail : { number: (files.at(-1)?.number ?? 0) + 1, size: 0, valid: 0 };
    const bytes = await concat(joins ? wanted.frames : [MAGIC, ...wanted.frames]);
    await write(folder, target.number.toString(16).padStart(16, "0"), target.valid, target.size, bytes);
    for (const segment of wanted.staying ? files : [])
        if (!segment.frames?.some((frame) => wanted.staying.has(frame.id)))
            await folder.removeEntry(segment.handle.name).catch(() => {});
    const end = target.valid + bytes.length;
    return { answer, tail: { number: target.number, size: end, valid: end, last: wanted.last } };
}

const is_empty = (frames) => !frames.length;

const LOAD = (after) => ({
    reads: (frames) => !frames.length || frames[0].id > after,
    plan: (frames) => ({
        answer: live(frames)
            .filter((frame) => frame.id > after)
            .flatMap((frame) => [frame.id, frame.content]),
    }),
});

const IS_STORED = { reads: is_empty, plan: (frames) => ({ answer: frames.at(-1)?.kind === UPDATE }) };

const APPEND = (updates) => ({
    reads: is_empty,
    plan: (_, next) => ({
        answer: next,
        write: {
            frames: updates.map((update, at) => encode(next + at, UPDATE, [], update)),
            last: next + updates.length - 1,
        },
    }),
});

const COMPACT = (read, snapshot) => ({
    reads: () => true,
    plan: (frames, next) => {
        const staying = new Set(live(frames).map((frame) => frame.id));
        read.forEach((id) => staying.delete(id));
        const replaced = runs(frames, (frame) => !staying.has(frame.id));
        return { answer: next, write: { frames: [encode(next, UPDATE, replaced, snapshot)], last: next, staying } };
    },
});

const DELETE = {
    reads: is_empty,
    plan: (frames, next) =>
        frames.length
            ? { write: { frames: [encode(next, DELETED, [], [])], last: next, staying: new Set() } }
            : {},
};

async function documents(store) {
    const found = [];
    const search = async (before, folder) => {
        for (const entry of folder ? await entries(folder) : []) {
            if (entry.kind !== "directory") continue;
            const name = before + entry.name;
            if (name.endsWith("+")) {
                await search(name.slice(0, -1), entry);
            } else {
                const id = id_of(name);
                if (id !== undefined && (await perform(entry, IS_STORED)).answer) found.push(id);
            }
        }
    };
    await search("", await walk(store, ["documents"], false));
    return found;
}

const in_document = (make, step) => async (store, id, number, bytes, ids) => {
    const folder = await walk(store, ["documents", ...path(id)], make);
    return folder && (await perform(folder, step(number, bytes, ids))).answer;
};

const record = (store, key, make) => {
    const parts = ["records", ...path(key)];
    const name = parts.pop();
    return walk(store, parts, make).then((folder) => [folder, name]);
};

const OPERATIONS = {
    load: ["shared", async (...values) => (await in_document(false, LOAD)(...values)) ?? []],
    compact: ["exclusive", in_document(true, (_, snapshot, read) => COMPACT(read, snapshot))],
    delete: ["exclusive", in_document(false, () => DELETE)],
    documents: ["shared", documents],
    record: ["shared", async (store, key) => {
        const [folder, name] = await record(store, key, false);
        const file = folder && (await find(folder.getFileHandle(name)));
        return file && decode(await read(await file.getFile(), MAX_RECORD_FILE_BYTES)).frames[0]?.content;
    }],
    set_record: ["exclusive", async (store, key, _, value) => {
        const [folder, name] = await record(store, key, true);
        await write(folder, name, 0, 0, await concat([MAGIC, encode(1, UPDATE, [], value)]));
    }],
    replicas: ["shared", async (store) => {
        const folder = await walk(store, ["replicas"], false);
        return folder ? (await entries(folder)).map((entry) => entry.name) : [];
    }],
    add_replica: ["exclusive", async (store, replica, most) => {
        const folder = await walk(store, ["replicas"], true);
        const room = (await entries(folder)).length < most;
        if (room) await folder.getFileHandle(replica, { create: true });
        return room;
    }],
};

export async function opfs_exists(store) {
    try {
        return !!(await root(store, false));
    } catch {
        return false;
    }
}

export async function open_opfs(store, emptied) {
    if (!navigator.locks) throw failure("Unavailable", "files of several tabs need Web Locks (https)");
    if (!globalThis.FileSystemFileHandle?.prototype.createWritable)
        throw failure("Unavailable", "this browser cannot write private files here");
    let folder = await root(store, true);
    const tails = new Map();
    const queue = [];
    let writing = false;

    const locked = (mode, work) => {
        const patience = new AbortController();
        const blocked = failure("Blocked", "it has been writing for too long");
        const timer = setTimeout(() => patience.abort(blocked), WAIT_MS);
        return navigator.locks.request(`synckit:${store}:files`, { mode, signal: patience.signal }, async () => {
            clearTimeout(timer);
            if (!folder) {
                const gone = !(await opfs_exists(store));
                folder = await root(store, true);
                if (gone) emptied();
            }
            return work(folder);
        });
    };

    const write_queue = async (store) => {
        while (queue.length) {
            const { document } = queue[0];
            const batch = [];
            for (let bytes = 0; queue[0]?.document === document && bytes < BATCH_BYTES; ) {
                bytes += queue[0].update.length;
                batch.push(queue.shift());
            }
            try {
                const folder = await walk(store, ["documents", ...path(document)], true);
                const step = APPEND(batch.map(({ update }) => update));
                const { answer, tail } = await perform(folder, step, tails.get(document));
                if (tails.size >= MAX_TAILS) tails.clear();
                tails.set(document, tail);
                batch.forEach(({ resolve }, at) => resolve(answer + at));
            } catch (thrown) {
                batch.forEach(({ reject }) => reject(thrown));
            }
        }
        writing = false;
    };

    const append = (document, update) =>
        new Promise((resolve, reject) => {
            queue.push({ document, update, resolve, reject });
            if (writing) return;
            writing = true;
            locked("exclusive", write_queue).catch((thrown) => {
                writing = false;
                queue.splice(0).forEach(({ reject }) => reject(thrown));
            });
        });

    return {
        perform(operation, key, number, bytes, ids) {
            if (operation === "append") return append(key, bytes);
            const [mode, work] = OPERATIONS[operation];
            return locked(mode, (folder) => work(folder, key, number, bytes, ids));
        },
        closed() {
            folder = undefined;
            tails.clear();
        },
    };
}
