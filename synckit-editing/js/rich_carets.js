// Where others are: a caret with a name, and what they have selected. Drawn over the text, so the text itself is not touched.
import { locate, movedOffset } from "./rich_model.js";
import { placeOf } from "./rich_selection.js";

// More than can be told apart are not drawn.
const MOST_CARETS = 64;
const MOST_BOXES = 400;
// How long a name stays in full after its caret has moved, in milliseconds.
const NAMED = 4000;

export function showCarets(editor, { applied, seen, carets }) {
    if (applied !== editor.applied || seen !== editor.sent) return;
    const before = new Map(editor.carets.map((caret) => [caret.id, caret]));
    editor.carets = carets.slice(0, MOST_CARETS);
    const now = performance.now();
    const moved = ({ id, anchor, focus }) => anchor !== before.get(id)?.anchor || focus !== before.get(id)?.focus;
    editor.movedAt = new Map(editor.carets.map((caret) => [caret.id, moved(caret) ? now : editor.movedAt.get(caret.id)]));
    editor.redraw();
    if (editor.carets.some(moved)) setTimeout(editor.redraw, NAMED + 50);
}

/** Carets stay with their text until they are told anew. */
export function moveCarets(editor, delta) {
    for (const caret of editor.carets) {
        caret.anchor = movedOffset(caret.anchor, delta);
        caret.focus = movedOffset(caret.focus, delta);
    }
    if (editor.carets.length) editor.redraw();
}

export function drawCarets(editor) {
    const { layer, model, carets } = editor;
    if (!carets.length && !layer.firstChild) return;
    const origin = layer.getBoundingClientRect();
    const drawn = document.createDocumentFragment();
    const box = (rect, name) => {
        const element = document.createElement("div");
        element.className = name;
        element.style.transform = `translate(${rect.left - origin.left}px, ${rect.top - origin.top}px)`;
        element.style.height = `${rect.height}px`;
        return element;
    };
    for (const { id, name, color, anchor, focus } of carets) {
        if (Math.max(anchor, focus) > model.length || !isDrawn(editor, Math.max(anchor, focus))) continue;
        const group = document.createElement("div");
        group.dataset.caret = id;
        if (CSS.supports("color", color)) group.style.setProperty("--synckit-caret", color);
        if (anchor !== focus) {
            for (const rect of boxes(editor, Math.min(anchor, focus), Math.max(anchor, focus))) {
                const element = box(rect, "synckit-selected");
                element.style.width = `${rect.width}px`;
                group.append(element);
            }
        }
        const [rect] = boxes(editor, focus, focus);
        if (rect) {
            const element = box(rect, "synckit-caret");
            const label = document.createElement("span");
            label.textContent = name;
            label.classList.toggle("below", rect.top - origin.top < 20);
            label.classList.toggle("quiet", performance.now() - editor.movedAt.get(id) > NAMED);
            element.append(label);
            group.append(element);
        }
        drawn.append(group);
    }
    layer.replaceChildren(drawn);
    keepInside(layer, origin);
}

// A name at the right edge moves to the left as far as it has to.
function keepInside(layer, { left, width }) {
    const labels = [...layer.querySelectorAll(".synckit-caret span")];
    const boxes = labels.map((label) => label.getBoundingClientRect());
    labels.forEach((label, at) => {
        const over = Math.min(boxes[at].right - left - width, boxes[at].left - left);
        if (over <= 0) return;
        label.style.left = `${-Math.ceil(over)}px`;
        label.style.borderRadius = "3px";
    });
}

const isDrawn = ({ model }, offset) => locate(model, offset).block.element !== null;

// Only what is near the visible part: laying out the rest to draw it unseen would cost much.
function boxes(editor, from, to) {
    const [startNode, startOffset] = placeOf(editor, from);
    const [endNode, endOffset] = placeOf(editor, to);
    const [start, end] = [startNode, endNode].map((node) => blockBox(editor, node));
    if (end.bottom < -innerHeight || start.top > 2 * innerHeight) return [];
    const range = document.createRange();
    range.setStart(startNode, startOffset);
    range.setEnd(endNode, endOffset);
    const far = start.top < -innerHeight || end.bottom > 2 * innerHeight;
    if (far) narrow(editor, range);
    if (from < to) return textBoxes(editor, range);
    const rects = range.getClientRects();
    if (rects[0]) return [rects[0]];
    // An empty block has no box of its own text.
    const { left, top, right, height } = start;
    const rtl = getComputedStyle(startNode.nodeType === Node.TEXT_NODE ? startNode.parentNode : startNode).direction === "rtl";
    return [{ left: rtl ? right : left, top, height, width: 0 }];
}

// Of the text alone: a range tells the boxes of the elements in it, too, and what is drawn twice is darker.
function textBoxes({ content }, { startContainer, startOffset, endContainer, endOffset }) {
    const found = [];
    const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    const part = document.createRange();
    const end = document.createRange();
    end.setStart(endContainer, endOffset);
    end.collapse(true);
    walker.currentNode = startContainer.childNodes[startOffset] ?? startContainer;
    let node = walker.currentNode.nodeType === Node.TEXT_NODE ? walker.currentNode : walker.nextNode();
    for (; node && end.comparePoint(node, 0) <= 0 && found.length < MOST_BOXES; node = walker.nextNode()) {
        part.setStart(node, node === startContainer ? startOffset : 0);
        part.setEnd(node, node === endContainer ? endOffset : node.length);
        found.push(...part.getClientRects());
    }
    return found.slice(0, MOST_BOXES);
}

function blockBox({ blockOf }, node) {
    let top = node;
    while (!blockOf(top)) top = top.parentNode;
    // Asking for the chunk first does not lay out what is out of sight.
    const chunk = top.parentNode.getBoundingClientRect();
    return chunk.bottom < -innerHeight || chunk.top > 2 * innerHeight ? chunk : top.getBoundingClientRect();
}

// Cuts a range down to the blocks on the screen.
function narrow({ content }, range) {
    const children = Array.from(content.children);
    const first = (fits) => {
        let [low, high] = [0, children.length];
        while (low < high) {
            const middle = (low + high) >> 1;
            if (fits(children[middle].getBoundingClientRect())) high = middle;
            else low = middle + 1;
        }
        return low;
    };
    const from = children[first((rect) => rect.bottom >= 0)];
    const to = children[first((rect) => rect.top > innerHeight) - 1];
    if (from && range.comparePoint(from, 0) === 0) range.setStartBefore(from);
    if (to && range.comparePoint(to, to.childNodes.length) === 0) range.setEndAfter(to);
}
