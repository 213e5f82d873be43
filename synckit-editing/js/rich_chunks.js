// Blocks lie in chunks of some dozens, so that the browser lays out, styles and paints only chunks that are near the screen, and
// after a keystroke looks at one chunk rather than at thousands of blocks.
import { kindOf } from "./rich_model.js";

const FULL = 64;
const FRESH = 32;
// So many chunks are always laid out.
const SHORT = 4;
// A guess at lines, until a chunk has been laid out.
const LINE_LENGTH = 80;

/** How many lines a block takes, about. */
export const linesOf = (block) => Math.ceil((block.length + 1) / LINE_LENGTH);

function newChunk(blocks) {
    const chunk = document.createElement("div");
    chunk.className = "synckit-chunk";
    let lines = 0;
    for (const block of blocks) {
        lines += linesOf(block);
        chunk.appendChild(block.element);
    }
    chunk.style.containIntrinsicSize = `auto ${(lines * 1.5 + blocks.length * 0.3).toFixed(1)}em`;
    return chunk;
}

/** Puts elements of new blocks where they belong. */
export function place({ host, content, model, undrawn }) {
    const blocks = undrawn ? model.blocks.slice(0, undrawn) : model.blocks;
    const filled = new Set();
    for (let index = 0; index < blocks.length; index++) {
        if (blocks[index].element.parentNode) continue;
        let end = index + 1;
        while (end < blocks.length && !blocks[end].element.parentNode) end++;
        const before = blocks[index - 1]?.element;
        const after = blocks[end]?.element;
        if (end - index > FRESH || (!before && !after)) {
            placeMany(content, blocks, index, end, before);
        } else {
            const chunk = (before ?? after).parentNode;
            const next = before ? before.nextSibling : after;
            for (let each = index; each < end; each++) chunk.insertBefore(blocks[each].element, next);
            filled.add(chunk);
        }
        index = end;
    }
    for (const chunk of filled) split(chunk);
    for (const chunk of [...content.children]) if (!chunk.firstChild) chunk.remove();
    // A text that fits on some screens is always laid out: its caret is never in what the browser has not looked at yet.
    host.classList.toggle("synckit-long", content.children.length > SHORT || undrawn > 0);
}

function placeMany(content, blocks, from, to, before) {
    const run = document.createDocumentFragment();
    for (let index = from; index < to; index += FRESH) run.append(newChunk(blocks.slice(index, Math.min(index + FRESH, to))));
    if (!before) return content.prepend(run);
    // The chunk that they go into the middle of is parted.
    const chunk = before.parentNode;
    const rest = [];
    for (let node = before.nextSibling; node; node = node.nextSibling) rest.push(node);
    if (rest.length) {
        const tail = chunk.cloneNode(false);
        tail.append(...rest);
        run.append(tail);
    }
    chunk.after(run);
}

function split(chunk) {
    while (chunk.childNodes.length > FULL) {
        const tail = chunk.cloneNode(false);
        tail.append(...[...chunk.childNodes].slice(-FRESH));
        chunk.after(tail);
    }
}

/** Lets the numbers of a list go on from one chunk to the next. */
export function renumber({ content, model, blockOf }) {
    const firsts = new Map();
    for (const chunk of content.children) {
        const block = blockOf(chunk.firstChild);
        if (block && kindOf(block) === "ordered") firsts.set(block, chunk);
        else if (chunk.style.counterReset) chunk.style.counterReset = "";
    }
    if (!firsts.size) return;
    let number = 0;
    for (const block of model.blocks) {
        const chunk = firsts.get(block);
        const wanted = number ? `synckit-item ${number}` : "";
        if (chunk && chunk.style.counterReset !== wanted) chunk.style.counterReset = wanted;
        number = kindOf(block) === "ordered" ? number + 1 : 0;
    }
}

/** What lies in the editable element, without the chunks around it. */
export const blockNodes = ({ content }) =>
    Array.from(content.childNodes).flatMap((node) => (node.className === "synckit-chunk" ? [...node.childNodes] : [node]));
