// What the browser is about to do (`beforeinput`) is done to the model instead. Only input methods write into the page themselves.
import { LINE_BREAK, NO_MARKS, kindOf, locate, sliceOf, textOfBlock } from "./rich_model.js";
import { currentSelection, rangeOf } from "./rich_selection.js";
import { deleteInput, rangeOfTarget, removal, replacement } from "./rich_delete.js";
import { block, format, kindDelta, link, marksForNewline, marksForTyping, toggle } from "./rich_format.js";
import { insertTransfer } from "./rich_clipboard.js";

const FORMATS = { formatBold: "bold", formatItalic: "italic", formatUnderline: "underline", formatStrikeThrough: "strike" };
// What a paragraph turns into when it begins with this and a space is typed.
const TYPED_KINDS = {
    "#": "h1", "##": "h2", "###": "h3", "-": "bullet", "*": "bullet", "+": "bullet", "1.": "ordered", "1)": "ordered", ">": "quote", "```": "code",
};

export function listenInput(editor) {
    editor.listen(editor.content, "beforeinput", (event) => beforeInput(editor, event));
}

function beforeInput(editor, event) {
    const type = event.inputType;
    if (editor.composing || event.isComposing || type === "insertCompositionText" || type === "insertFromComposition") return;
    event.preventDefault();
    if (editor.readonly) return;
    const range = rangeOf(currentSelection(editor));
    if (type.startsWith("delete")) deleteInput(editor, event, range);
    else if (FORMATS[type]) toggle(editor, FORMATS[type]);
    else switch (type) {
        case "insertText": return typed(editor, range, event.data ?? event.dataTransfer?.getData("text/plain") ?? "");
        case "insertReplacementText": return replaced(editor, rangeOfTarget(editor, event) ?? range, event);
        case "insertParagraph": return paragraph(editor, range);
        case "insertLineBreak": return lineBreak(editor, range);
        case "insertFromPaste":
        case "insertFromPasteAsQuotation":
        case "insertFromYank":
        case "insertFromDrop": return event.dataTransfer && insertTransfer(editor, event.dataTransfer, range);
        case "insertOrderedList": return block(editor, "ordered");
        case "insertUnorderedList": return block(editor, "bullet");
        case "insertLink": return link(editor, event.data ?? event.dataTransfer?.getData("text/uri-list") ?? "");
        case "formatRemove": return ["bold", "italic", "underline", "strike", "code"].forEach((key) => format(editor, key, null));
        case "historyUndo": return editor.send({ type: "undo" });
        case "historyRedo": return editor.send({ type: "redo" });
    }
}

function typed(editor, { from, to }, data) {
    const text = data.replace(/\r\n?/g, "\n");
    if (!text) return;
    const marks = marksForTyping(editor, from, to);
    editor.pending = null;
    editor.edit(replacement(editor.model, from, to, [text, marks]), from + text.length);
    if (text === " ") typedKind(editor, from);
}

function typedKind(editor, space) {
    const { block, start, at } = locate(editor.model, space);
    const kind = at <= 3 && !kindOf(block) && TYPED_KINDS[textOfBlock(block).slice(0, at)];
    if (!kind) return;
    const rest = block.length - at - 1;
    editor.edit([start, -(at + 1), rest, block.end ? [1, { block: kind }] : ["\n", { block: kind }]], start);
}

function replaced(editor, { from, to }, event) {
    const text = event.dataTransfer?.getData("text/plain") || event.data || "";
    if (!text && from === to) return;
    // A word that is spelled anew keeps what all of it had.
    const [first, ...others] = sliceOf(editor.model, from, to);
    const marks = {};
    for (const [key, value] of Object.entries(first?.[1] ?? NO_MARKS)) {
        if (others.every(([, own]) => own[key] === value)) marks[key] = value;
    }
    editor.edit([from, [text, marks], from - to], from + text.length);
}

function lineBreak(editor, { from, to }) {
    editor.edit(replacement(editor.model, from, to, [LINE_BREAK, marksForTyping(editor, from, to)]), from + 1);
}

export function paragraph(editor, { from, to }) {
    if (from < to) editor.edit(removal(editor.model, from, to), from);
    const { model } = editor;
    const { block, index, at } = locate(model, from);
    const kind = kindOf(block);
    const neighbour = (step) => model.blocks[index + step] && kindOf(model.blocks[index + step]);
    // Enter on an empty item, or on an empty line at the end of a quote or of code, ends it.
    const leaves = kind === "bullet" || kind === "ordered" || ((kind === "quote" || kind === "code") && neighbour(1) !== kind);
    // The empty block at the end of every text is the one to go to, where it is next.
    const next = model.blocks[index + 1];
    const atEnd = next && !next.end && !next.length;
    if (!block.length && leaves) return editor.edit(atEnd ? [from, -1] : kindDelta(model, from, from, null), from);
    const marks = marksForNewline(editor, from);
    const { pending } = editor;
    const heading = kind?.startsWith("h");
    if (!kind || (heading && at === 0 && block.length)) {
        editor.edit([from, ["\n", marks]], from + 1);
    } else if (heading && at === block.length) {
        if (atEnd) editor.edit([], from + 1);
        else editor.edit([from, ["\n", { block: kind }], [1, { block: null }]], from + 1);
    } else {
        editor.edit([from, ["\n", { ...marks, block: kind }]], from + 1);
    }
    editor.pending = heading ? null : pending;
}
