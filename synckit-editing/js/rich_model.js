// The document as it is shown: blocks of spans, and deltas that change it. Positions are UTF-16 code units of the whole text, in
// which every block but the last ends with a newline. What a block is (heading, item, quote) is a mark on that newline.

export const KINDS = ["h1", "h2", "h3", "bullet", "ordered", "quote", "code"];
export const NO_MARKS = Object.freeze({});
// A soft line break inside a block.
export const LINE_BREAK = "\u2028";

export function sameMarks(a, b) {
    if (a === b) return true;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** `marks` after `changes`, in which null removes one. */
export function changedMarks(marks, changes) {
    const result = { ...marks };
    for (const key of Object.keys(changes)) {
        if (changes[key] === null) delete result[key];
        else result[key] = changes[key];
    }
    return result;
}

const newBlock = (spans, end) => ({ spans, length: lengthOf(spans), end, element: null, nodes: null });
const lengthOf = (spans) => spans.reduce((sum, span) => sum + span.text.length, 0);

export function newModel() {
    // `touched`: blocks to be rendered again; `removed`: elements of blocks that are gone.
    return { blocks: [newBlock([], null)], length: 0, touched: new Set(), removed: [], restructured: true };
}

export const kindOf = (block) => (block.end && KINDS.includes(block.end.block) ? block.end.block : null);
export const textOfBlock = (block) => block.spans.map((span) => span.text).join("");

/** The block in which `offset` lies, and where in it; before a newline is the end of its block. */
export function locate(model, offset) {
    const { blocks } = model;
    let index = 0;
    let start = 0;
    while (index < blocks.length - 1 && offset > start + blocks[index].length) start += blocks[index++].length + 1;
    return { index, start, block: blocks[index], at: Math.min(Math.max(offset - start, 0), blocks[index].length) };
}

export function startOf(model, block) {
    let start = 0;
    for (const other of model.blocks) {
        if (other === block) return start;
        start += other.length + 1;
    }
    return null;
}

/** The blocks that [from, to] touches, each with its start. */
export function blocksIn(model, from, to) {
    const found = [];
    for (let { index, start } = locate(model, from); index < model.blocks.length && (start <= to || !found.length); index++) {
        const block = model.blocks[index];
        found.push({ index, start, block });
        start += block.length + 1;
    }
    return found;
}

function cut(spans, from, to) {
    const found = [];
    let at = 0;
    for (const span of spans) {
        const end = at + span.text.length;
        if (end > from && at < to) {
            const whole = at >= from && end <= to;
            found.push(whole ? span : { text: span.text.slice(Math.max(from - at, 0), to - at), marks: span.marks });
        }
        at = end;
        if (at >= to) break;
    }
    return found;
}

function join(...lists) {
    const joined = [];
    for (const spans of lists) {
        for (const span of spans) {
            if (!span.text) continue;
            const last = joined[joined.length - 1];
            if (last && sameMarks(last.marks, span.marks)) joined[joined.length - 1] = { text: last.text + span.text, marks: last.marks };
            else joined.push(span);
        }
    }
    return joined;
}

function replace(model, block, from, to, spans) {
    model.touched.add(block);
    const [span] = spans;
    // Typing at the end, and reading a text in, take no time that grows with the block.
    if (from === block.length && spans.length === 1) {
        const last = block.spans[block.spans.length - 1];
        if (last && sameMarks(last.marks, span.marks)) {
            block.spans[block.spans.length - 1] = { text: last.text + span.text, marks: last.marks };
        } else if (span.text) block.spans.push(span);
        block.length += span.text.length;
        return;
    }
    block.spans = join(cut(block.spans, 0, from), spans, cut(block.spans, to, block.length));
    block.length += lengthOf(spans) - (to - from);
}

function exchange(model, from, to, blocks) {
    // So many arguments a call may have anywhere.
    if (blocks.length < 10_000) model.blocks.splice(from, to - from, ...blocks);
    else model.blocks = model.blocks.slice(0, from).concat(blocks, model.blocks.slice(to));
    model.restructured = true;
}

function insert(model, index, at, text, marks) {
    const block = model.blocks[index];
    const lines = text.split("\n");
    const last = lines.length - 1;
    if (!last) {
        replace(model, block, at, at, [{ text, marks }]);
        return { index, at: at + text.length };
    }
    const front = cut(block.spans, 0, at);
    const back = cut(block.spans, at, block.length);
    const made = lines.map((line, number) =>
        newBlock(join(number ? [] : front, [{ text: line, marks }], number < last ? [] : back), number < last ? marks : block.end));
    // The block that keeps more of its text keeps its element.
    const kept = at * 2 >= block.length ? 0 : last;
    Object.assign(block, { spans: made[kept].spans, length: made[kept].length, end: made[kept].end });
    made[kept] = block;
    for (const each of made) model.touched.add(each);
    exchange(model, index, index + 1, made);
    return { index: index + last, at: lines[last].length };
}

function remove(model, index, at, count) {
    const block = model.blocks[index];
    if (count <= block.length - at) {
        replace(model, block, at, at + count, []);
        return;
    }
    let end = index;
    let rest = at + count;
    while (end < model.blocks.length - 1 && rest > model.blocks[end].length) rest -= model.blocks[end++].length + 1;
    const last = model.blocks[end];
    const spans = join(cut(block.spans, 0, at), cut(last.spans, rest, last.length));
    const kept = at >= last.length - rest ? block : last;
    for (const each of model.blocks.slice(index, end + 1)) {
        if (each === kept) continue;
        model.touched.delete(each);
        if (each.element) model.removed.push(each.element);
    }
    Object.assign(kept, { spans, length: lengthOf(spans), end: last.end });
    exchange(model, index, end + 1, [kept]);
    model.touched.add(kept);
}

/** Changes the model. A delta is a list: a positive number keeps, a negative one deletes, `[number, changes]` keeps and marks, a
 * string or `[string, marks]` inserts. */
export function applyDelta(model, delta) {
    let index = 0;
    let at = 0;
    for (const operation of delta) {
        const [what, marks] = Array.isArray(operation) ? operation : [operation, null];
        if (typeof what === "string") {
            model.length += what.length;
            ({ index, at } = insert(model, index, at, what, marks ?? NO_MARKS));
        } else if (what < 0) {
            model.length += what;
            remove(model, index, at, -what);
        } else {
            for (let left = what; left > 0; ) {
                const block = model.blocks[index];
                const count = Math.min(left, block.length - at);
                if (marks && count) {
                    const changed = cut(block.spans, at, at + count);
                    replace(model, block, at, at + count, changed.map((span) => ({ text: span.text, marks: changedMarks(span.marks, marks) })));
                }
                at += count;
                left -= count;
                if (!left) break;
                if (!block.end) return;
                if (marks) {
                    block.end = changedMarks(block.end, marks);
                    model.touched.add(block);
                }
                left--;
                index++;
                at = 0;
            }
        }
    }
}

/** Where `offset` is after `delta`; an insertion right at it pushes it when `pushed`. */
export function movedOffset(offset, delta, pushed) {
    let at = 0;
    for (const operation of delta) {
        const what = Array.isArray(operation) ? operation[0] : operation;
        if (at > offset) break;
        if (typeof what === "string") {
            if (at < offset || pushed) offset += what.length;
            at += what.length;
        } else if (what < 0) offset -= Math.min(-what, offset - at);
        else at += what;
    }
    return offset;
}

/** How much of a text a delta is about. */
export const covered = (delta) => delta.reduce((sum, operation) => {
    const what = Array.isArray(operation) ? operation[0] : operation;
    return typeof what === "number" ? sum + Math.abs(what) : sum;
}, 0);

/** A delta without what does nothing. */
export const compact = (delta) => {
    const kept = delta.filter((operation) => (Array.isArray(operation) ? operation[0] : operation));
    while (typeof kept[kept.length - 1] === "number" && kept[kept.length - 1] > 0) kept.pop();
    return kept;
};

/** What lies in [from, to) as `[text, marks]`, newlines apart from the text around them. */
export function sliceOf(model, from, to) {
    const found = [];
    for (const { start, block } of blocksIn(model, from, to)) {
        for (const span of cut(block.spans, Math.max(from - start, 0), to - start)) found.push([span.text, span.marks]);
        const end = start + block.length;
        if (block.end && end >= from && end < to) found.push(["\n", block.end]);
    }
    return found;
}

/** The marks of the character at `at` of a block, or nothing where there is none. */
export function marksAt(block, at) {
    if (at < 0 || at >= block.length) return null;
    return cut(block.spans, at, at + 1)[0].marks;
}

export const textOf = (model) => model.blocks.map(textOfBlock).join("\n");
