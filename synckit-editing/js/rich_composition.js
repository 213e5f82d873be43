// Input methods: the browser writes into the block by itself, and the block is read once the composition has ended. Until then
// patches are refused, because the browser would lose its place.
import { locate, startOf, textOf, textOfBlock } from "./rich_model.js";
import { blockNodes } from "./rich_chunks.js";
import { drawAll, forget, render, renderAnew } from "./rich_render.js";
import { currentSelection, placeInBlock, rangeOf, showSelection, textOfElement } from "./rich_selection.js";
import { removal } from "./rich_delete.js";
import { marksForTyping } from "./rich_format.js";

export function listenComposition(editor) {
    const { content } = editor;
    editor.listen(content, "compositionstart", () => started(editor));
    editor.listen(content, "compositionend", () => endComposition(editor));
    // Everything else is prevented, so this is a change that the browser did not ask about.
    editor.listen(content, "input", () => editor.composing || readWritten(editor, null));
}

function started(editor) {
    const { from, to } = rangeOf(currentSelection(editor));
    const marks = marksForTyping(editor, from, to);
    // The browser would merge blocks in its own way.
    if (locate(editor.model, from).index !== locate(editor.model, to).index) editor.edit(removal(editor.model, from, to), from);
    editor.composing = true;
    editor.composed = { block: locate(editor.model, from).block, marks };
}

/** Reads what has been composed, also when it is the editor that ends. */
export function endComposition(editor) {
    if (!editor.composing) return;
    const { block, marks } = editor.composed ?? {};
    const { sent } = editor;
    editor.composing = false;
    editor.composed = null;
    editor.pending = null;
    readWritten(editor, block, marks);
    editor.redraw();
    if (editor.refused && editor.sent === sent) {
        editor.refused = false;
        editor.send({ type: "applied", number: editor.applied });
    }
}

/** Reads what the browser has written. It is looked for where the composition began and where the caret is. */
function readWritten(editor, composed, marks) {
    const { content, model, blockOf } = editor;
    const { focusNode, focusOffset } = document.getSelection();
    const caret = focusNode && content.contains(focusNode) ? placeInBlock(editor, focusNode, focusOffset) : null;
    // What has no element yet has not been removed by anybody.
    drawAll(editor);
    const nodes = blockNodes(editor);
    const intact = nodes.length === model.blocks.length;
    const candidates = intact ? [caret && blockOf(caret.top), composed] : [];
    for (const block of candidates) {
        const start = block && startOf(model, block);
        if (typeof start !== "number" || !content.contains(block.element)) continue;
        const text = textOfElement(block.element);
        if (text === textOfBlock(block)) continue;
        forget(block);
        model.touched.add(block);
        const at = caret?.top === block.element ? caret.at : text.length;
        return tellWritten(editor, start, textOfBlock(block), text, at, marks);
    }
    if (intact) return;
    // Blocks were made or removed: everything is read.
    model.blocks.forEach(forget);
    const texts = nodes.map(textOfElement);
    const before = caret ? texts.slice(0, nodes.indexOf(caret.top)) : texts;
    const at = before.reduce((sum, text) => sum + text.length + 1, 0) + (caret?.at ?? -1);
    tellWritten(editor, 0, textOf(model), texts.join("\n"), at, marks);
    renderAnew(editor);
    showSelection(editor);
}

/** The edit that turns `old`, which begins at `start`, into `now` with the caret at `caret`. */
function tellWritten(editor, start, old, now, caret, marks) {
    const most = Math.min(old.length, now.length);
    let back = 0;
    while (back < Math.min(most, now.length - caret) && old[old.length - 1 - back] === now[now.length - 1 - back]) back++;
    if (cutsCharacter(old, old.length - back) || cutsCharacter(now, now.length - back)) back--;
    let front = 0;
    while (front < most - back && old[front] === now[front]) front++;
    if (cutsCharacter(old, front) || cutsCharacter(now, front)) front--;
    const [from, to] = [start + front, start + old.length - back];
    const added = now.slice(front, now.length - back);
    const chosen = marks ?? marksForTyping(editor, from, to);
    render(editor);
    editor.edit([from, from - to, [added, chosen]], start + caret);
}

// Whether a place is in the middle of a character of two units.
const cutsCharacter = (text, at) => at > 0 && at < text.length && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
