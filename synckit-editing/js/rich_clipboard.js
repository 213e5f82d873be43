// Copy, cut, paste, drag and drop.
import { LINE_BREAK, kindOf, locate, sliceOf } from "./rich_model.js";
import { currentSelection, offsetAt, rangeOf } from "./rich_selection.js";
import { takeFocus } from "./rich_bind.js";
import { marksForTyping } from "./rich_format.js";
import { removal } from "./rich_delete.js";
import { readHtml, writeHtml } from "./rich_html.js";

// What a text takes in one go.
const MOST_BYTES = 1 << 20;

export function listenClipboard(editor) {
    const { content } = editor;
    editor.listen(content, "copy", (event) => copied(editor, event.clipboardData, event));
    editor.listen(content, "cut", (event) => {
        const range = copied(editor, event.clipboardData, event);
        if (range && !editor.readonly) editor.edit(removal(editor.model, range.from, range.to), range.from);
    });
    editor.listen(content, "paste", (event) => {
        event.preventDefault();
        if (!editor.readonly && !editor.composing && event.clipboardData) {
            insertTransfer(editor, event.clipboardData, rangeOf(currentSelection(editor)), editor.plainPaste);
        }
        editor.plainPaste = false;
    });
    // Ctrl-Shift-V announces itself only by its keys.
    editor.listen(content, "keydown", (event) => {
        editor.plainPaste = event.code === "KeyV" && event.shiftKey && (event.ctrlKey || event.metaKey);
    });
    editor.listen(content, "dragstart", (event) => {
        editor.dragged = event.dataTransfer && copied(editor, event.dataTransfer, null);
    });
    editor.listen(content, "dragend", () => {
        editor.dragged = null;
    });
    editor.listen(content, "drop", (event) => dropped(editor, event));
}

function copied(editor, transfer, event) {
    const range = rangeOf(currentSelection(editor));
    if (range.from === range.to || !transfer) return null;
    event?.preventDefault();
    const slice = sliceOf(editor.model, range.from, range.to);
    transfer.setData("text/plain", slice.map(([text]) => text).join("").replaceAll(LINE_BREAK, "\n"));
    transfer.setData("text/html", writeHtml(slice));
    return range;
}

function dropped(editor, event) {
    event.preventDefault();
    if (editor.readonly || editor.composing || !event.dataTransfer) return;
    const place = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = place ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const [node, offset] = place ? [place.offsetNode, place.offset] : [range?.startContainer, range?.startOffset];
    let at = node && editor.content.contains(node) ? offsetAt(editor, node, offset) : null;
    if (at === null) return;
    const { dragged } = editor;
    editor.dragged = null;
    if (dragged && !event.ctrlKey && !event.altKey) {
        if (at >= dragged.from && at <= dragged.to) return;
        editor.edit(removal(editor.model, dragged.from, dragged.to), dragged.from);
        if (at > dragged.to) at -= dragged.to - dragged.from;
    }
    takeFocus(editor);
    insertTransfer(editor, event.dataTransfer, { from: at, to: at });
}

/** Puts what was pasted or dropped in the place of [from, to). */
export function insertTransfer(editor, transfer, { from, to }, plain = false) {
    const html = plain ? "" : transfer.getData("text/html");
    const read = html && readHtml(html);
    const text = transfer.getData("text/plain").replace(/\r\n?/g, "\n");
    const base = marksForTyping(editor, from, to);
    let inserts = read?.inserts;
    if (!inserts?.length) {
        const code = kindOf(locate(editor.model, from).block) === "code";
        inserts = text.split(/(\n)/).filter(Boolean).map((part) => (part === "\n" ? ["\n", code ? { block: "code" } : {}] : [part, base]));
    }
    if (!inserts.length) return;
    const length = inserts.reduce((sum, [part]) => sum + part.length, 0);
    const size = length > MOST_BYTES ? length : bytesOf(inserts);
    if (size > MOST_BYTES) {
        editor.send({ type: "refused", size, limit: MOST_BYTES });
        return;
    }
    editor.pending = null;
    if (from < to) editor.edit(removal(editor.model, from, to), from);
    const { block, at } = locate(editor.model, from);
    const last = inserts[inserts.length - 1];
    let caret = from + length;
    const delta = [from, ...inserts];
    if (last[0] === "\n" && last[1].block) {
        // The last pasted block is of a kind: the block pasted into ends where that one does, unless text follows.
        if (!block.length && at === 0) {
            delta.pop();
            caret -= 1;
            delta.push(block.end ? [1, { block: last[1].block }] : last);
        } else if (inserts.length === 2) {
            // A single line goes into the line it is pasted into.
            delta.pop();
            caret -= 1;
        }
    }
    editor.edit(delta, caret);
}

const bytesOf = (inserts) => new Blob(inserts.map(([part]) => part)).size;
