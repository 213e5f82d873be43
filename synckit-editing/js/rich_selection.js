// Between places in the page and offsets in the text.
import { locate, startOf } from "./rich_model.js";
import { drawAll } from "./rich_render.js";

const nodeAfter = (node, top) => {
    while (node && node !== top && !node.nextSibling) node = node.parentNode;
    return node === top ? null : node.nextSibling;
};

/** How much of the text of `top` lies before a place in it; a `br` counts one. */
function lengthBefore(top, node, offset) {
    const inText = node.nodeType === Node.TEXT_NODE;
    if (inText && node === top) return offset;
    const stop = inText ? node : node.childNodes[offset] ?? nodeAfter(node, top);
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    let length = inText ? offset : 0;
    for (let each = walker.nextNode(); each && each !== stop; each = walker.nextNode()) {
        if (each.nodeType === Node.TEXT_NODE) length += each.length;
        else if (each.nodeName === "BR") length += 1;
    }
    return length;
}

/** The text that the elements of a block hold, also after the browser has changed them. */
export function textOfElement(top) {
    if (top.nodeType === Node.TEXT_NODE) return top.data;
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    let text = "";
    for (let each = walker.nextNode(); each; each = walker.nextNode()) {
        if (each.nodeType === Node.TEXT_NODE) text += each.data.replace(/\n/g, "\u2028");
        else if (each.nodeName === "BR" && nodeAfter(each, top)) text += "\u2028";
    }
    return text;
}

/** The element of a block around a place in the page, and where in its text; nothing for a place elsewhere. */
export function placeInBlock(editor, node, offset) {
    let top = node;
    while (top && top !== editor.content && !editor.blockOf(top)) top = top.parentNode;
    return top && top !== editor.content ? { top, at: lengthBefore(top, node, offset) } : null;
}

/** The offset of a place in the page, or null when it does not lie in the editor. */
export function offsetAt(editor, node, offset) {
    const { content, model, blockOf } = editor;
    if (node === content || node.parentNode === content) {
        // Between chunks or between blocks.
        let next = node.childNodes[offset] ?? (node === content ? null : node.nextSibling);
        if (next && !blockOf(next)) next = next.firstChild;
        const start = next && blockOf(next) ? startOf(model, blockOf(next)) : null;
        return start ?? model.length;
    }
    const place = placeInBlock(editor, node, offset);
    const block = place && blockOf(place.top);
    const start = block ? startOf(model, block) : null;
    return start === null ? null : start + Math.min(place.at, block.length);
}

/** The place in the page of an offset. */
export function placeOf(editor, offset) {
    const { block, at } = locate(editor.model, offset);
    if (!block.element) drawAll(editor);
    let left = at;
    for (const { text, leaf } of block.nodes ?? []) {
        if (text === null) {
            if (!left) return beside(leaf);
            left -= 1;
        } else {
            if (left <= text.length) return [leaf, left];
            left -= text.length;
        }
    }
    return block.filler ? beside(block.filler) : [block.element, block.element.childNodes.length];
}

const beside = (node) => [node.parentNode, Array.prototype.indexOf.call(node.parentNode.childNodes, node)];

/** Anchor and focus in the page, or null when they are not in the editor. */
export function readSelection(editor) {
    const selection = document.getSelection();
    if (!selection?.anchorNode || !editor.content.contains(selection.anchorNode)) return null;
    const anchor = offsetAt(editor, selection.anchorNode, selection.anchorOffset);
    const focus = selection.isCollapsed ? anchor : offsetAt(editor, selection.focusNode, selection.focusOffset);
    return anchor === null || focus === null ? null : { anchor, focus };
}

/** The selection as it is now, or as it was when the editor had it last. */
export function currentSelection(editor) {
    const selection = readSelection(editor);
    if (selection) editor.selection = selection;
    return editor.selection;
}

export const rangeOf = ({ anchor, focus }) => ({ from: Math.min(anchor, focus), to: Math.max(anchor, focus) });

/** Selects in the page what is selected in the editor. */
export function showSelection(editor) {
    const { anchor, focus } = editor.selection;
    const [anchorNode, anchorOffset] = placeOf(editor, anchor);
    const [focusNode, focusOffset] = anchor === focus ? [anchorNode, anchorOffset] : placeOf(editor, focus);
    const selection = document.getSelection();
    if (selection.anchorNode === anchorNode && selection.anchorOffset === anchorOffset
        && selection.focusNode === focusNode && selection.focusOffset === focusOffset) return;
    selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}

/** Scrolls as little as needed to have the caret in sight. */
export function showCaret(editor) {
    const [node, offset] = placeOf(editor, editor.selection.focus);
    const range = document.createRange();
    range.setStart(node, offset);
    const box = range.getClientRects()[0] ?? (node.nodeType === Node.TEXT_NODE ? node.parentNode : node).getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight || !insideScroller(editor, box)) {
        (node.nodeType === Node.TEXT_NODE ? node.parentNode : node).scrollIntoView({ block: "nearest" });
    }
}

function insideScroller(editor, box) {
    for (let element = editor.content; element; element = element.parentElement) {
        if (element.scrollHeight <= element.clientHeight + 1) continue;
        const frame = element.getBoundingClientRect();
        if (element !== document.documentElement && (box.top < frame.top || box.bottom > frame.bottom)) return false;
    }
    return true;
}
