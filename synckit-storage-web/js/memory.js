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
            operations[operation](key, number, bytes.slice(), ids.slice()),
        closed() {},
    };
}
