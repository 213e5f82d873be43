// From the model to elements: only blocks that were touched, and in them only the spans that differ.
import { linesOf, place, renumber } from "./rich_chunks.js";
import { LINE_BREAK, NO_MARKS, kindOf, sameMarks } from "./rich_model.js";

const BLOCK_TAGS = { h1: "h1", h2: "h2", h3: "h3", quote: "blockquote", code: "pre", bullet: "div", ordered: "div" };
const INLINE_TAGS = { bold: "strong", italic: "em", underline: "u", strike: "s", code: "code" };

/** An address that a link may have, or nothing. */
export function safeAddress(address) {
    if (typeof address !== "string" || address.length > 2048) return null;
    const trimmed = address.trim();
    return /^(https?:\/\/|mailto:)[^\s]+$/i.test(trimmed) ? trimmed : null;
}

const commentsOf = (marks) => Object.keys(marks).filter((key) => key.startsWith("comment:")).map((key) => key.slice(8));

function wrapped(leaf, marks) {
    if (marks === NO_MARKS) return leaf;
    let node = leaf;
    const wrap = (tag) => {
        const element = document.createElement(tag);
        element.append(node);
        return (node = element);
    };
    for (const key of Object.keys(INLINE_TAGS).reverse()) if (marks[key]) wrap(INLINE_TAGS[key]);
    const comments = commentsOf(marks);
    if (comments.length) {
        const mark = wrap("mark");
        mark.className = "synckit-comment";
        mark.dataset.comments = JSON.stringify(comments);
    }
    const address = marks.link === undefined ? null : safeAddress(marks.link);
    if (address) {
        const link = wrap("a");
        link.href = address;
        link.title = address;
        link.rel = "noopener noreferrer nofollow";
    }
    return node;
}

function pieces(block) {
    const found = [];
    for (const { text, marks } of block.spans) {
        if (!text.includes(LINE_BREAK)) found.push({ text, marks, leaf: null, top: null });
        else {
            for (const part of text.split(/(\u2028)/)) {
                if (part) found.push({ text: part === LINE_BREAK ? null : part, marks, leaf: null, top: null });
            }
        }
    }
    return found;
}

function madeNodes(piece) {
    piece.leaf = piece.text === null ? document.createElement("br") : document.createTextNode(piece.text);
    piece.top = wrapped(piece.leaf, piece.marks);
    return piece;
}

// Replaces only what differs, so that neither selection nor layout of the rest is touched.
function writeText(node, text) {
    const { data } = node;
    const most = Math.min(data.length, text.length);
    let front = 0;
    while (front < most && data.charCodeAt(front) === text.charCodeAt(front)) front++;
    let back = 0;
    while (back < most - front && data.charCodeAt(data.length - 1 - back) === text.charCodeAt(text.length - 1 - back)) back++;
    node.replaceData(front, data.length - front - back, text.slice(front, text.length - back));
}

const equal = (a, b) => a.text === b.text && sameMarks(a.marks, b.marks);

function renderSpans(block) {
    const { element } = block;
    const wanted = pieces(block);
    const old = block.nodes;
    if (!old) {
        block.nodes = wanted.map(madeNodes);
        if (element.firstChild) element.replaceChildren();
        for (const each of block.nodes) element.appendChild(each.top);
    } else {
        const most = Math.min(old.length, wanted.length);
        let front = 0;
        while (front < most && equal(old[front], wanted[front])) front++;
        let back = 0;
        while (back < most - front && equal(old[old.length - 1 - back], wanted[wanted.length - 1 - back])) back++;
        const gone = old.slice(front, old.length - back);
        const fresh = wanted.slice(front, wanted.length - back);
        const inPlace = gone.length === fresh.length && gone.every((each, at) =>
            each.text !== null && fresh[at].text !== null && sameMarks(each.marks, fresh[at].marks));
        if (inPlace) {
            gone.forEach((each, at) => {
                writeText(each.leaf, fresh[at].text);
                each.text = fresh[at].text;
            });
        } else {
            const before = old[old.length - back]?.top ?? block.filler ?? null;
            const nodes = fresh.map(madeNodes);
            for (const each of gone) each.top.remove();
            for (const each of nodes) element.insertBefore(each.top, before);
            old.splice(front, gone.length, ...nodes);
        }
    }
    // An empty block, or one that ends with a line break, has a last line only with this.
    const last = block.nodes[block.nodes.length - 1];
    const needed = !last || last.text === null;
    if (!needed) block.filler?.remove();
    if (needed && block.filler?.parentNode !== element) element.append((block.filler = document.createElement("br")));
    if (!needed) block.filler = null;
}

const emptyBlocks = new Map();

function emptyBlock(kind) {
    if (!emptyBlocks.has(kind)) {
        const element = document.createElement(BLOCK_TAGS[kind] ?? "p");
        element.dir = "auto";
        element.className = "synckit-block";
        if (kind) element.dataset.kind = kind;
        if (kind === "code") element.spellcheck = false;
        emptyBlocks.set(kind, element);
    }
    return emptyBlocks.get(kind).cloneNode(false);
}

function renderBlock(editor, block) {
    const kind = kindOf(block);
    const old = block.element;
    if (!old || block.shownKind !== kind) {
        const element = emptyBlock(kind);
        if (old) {
            element.append(...old.childNodes);
            old.replaceWith(element);
        }
        block.element = element;
        block.shownKind = kind;
        editor.rekinded = true;
        element.synckitBlock = block;
    }
    renderSpans(block);
}

/** Forgets what the elements of a block held: somebody else has changed them. */
export function forget(block) {
    block.nodes = null;
    block.filler = null;
}

/** Brings the elements up to the model. */
export function render(editor) {
    const { model } = editor;
    for (const element of model.removed) element.remove();
    model.removed = [];
    for (const block of model.touched) renderBlock(editor, block);
    model.touched.clear();
    if (model.restructured) place(editor);
    if (model.restructured || editor.rekinded) renumber(editor);
    model.restructured = editor.rekinded = false;
    editor.host.classList.toggle("synckit-empty", model.blocks.length === 1 && !model.length);
}

// What fits on any screen is drawn first, by lines of some length; the rest when that has been painted, so many blocks at a time.
const FIRST_LINES = 160;
const SLICE = 200;

/** Replaces all elements: those that can be seen at once, the others soon, or when something is done to the text. */
export function renderAnew(editor) {
    const { model, content } = editor;
    content.replaceChildren();
    for (const block of model.blocks) {
        forget(block);
        block.element = null;
    }
    model.touched.clear();
    let first = 0;
    for (let lines = 0; first < model.blocks.length && lines < FIRST_LINES; first++) lines += linesOf(model.blocks[first]);
    draw(editor, 0, first);
    if (!editor.undrawn) return;
    // A page that is not shown has no frames.
    if (document.hidden) later(editor);
    else editor.frame("rest", () => later(editor));
}

// Blocks from one place on have no elements yet.
function draw(editor, from, to) {
    const { model } = editor;
    for (const block of model.blocks.slice(from, to)) model.touched.add(block);
    editor.undrawn = to < model.blocks.length ? to : 0;
    model.restructured = true;
    render(editor);
}

function later(editor) {
    setTimeout(() => {
        if (!editor.undrawn) return;
        draw(editor, editor.undrawn, editor.undrawn + SLICE);
        if (editor.undrawn) later(editor);
        else editor.redraw();
    });
}

/** Draws what is not drawn yet. Whoever changes the text, or looks for a place far down in the page, asks for it first. */
export function drawAll(editor) {
    if (!editor.undrawn) return;
    draw(editor, editor.undrawn, editor.model.blocks.length);
    editor.redraw();
}
