// Marks and kinds of blocks: what the selection has, and changing it.
import { KINDS, NO_MARKS, blocksIn, changedMarks, compact, kindOf, locate, marksAt, sliceOf } from "./rich_model.js";
import { safeAddress } from "./rich_render.js";
import { takeFocus } from "./rich_bind.js";
import { currentSelection, rangeOf } from "./rich_selection.js";

const STYLES = ["bold", "italic", "underline", "strike", "code"];
const isStyle = (key) => STYLES.includes(key);
const kept = (marks, keep) => {
    const result = {};
    for (const key of Object.keys(marks)) if (keep(key)) result[key] = marks[key];
    return result;
};

/** The marks of what is typed at `from` in place of what lies before `to`. Styles go on; a link or a comment only inside of it. */
export function inherited(model, from, to = from) {
    const { block, at, index } = locate(model, from);
    const end = locate(model, to);
    const before = marksAt(block, at - 1);
    const after = marksAt(end.block, end.at);
    const first = from < to || !before ? marksAt(block, at) : before;
    const source = first ?? before ?? model.blocks[index - 1]?.end ?? NO_MARKS;
    const styles = kept(source, isStyle);
    if (!first && !before) delete styles.code;
    if (!before || !after) return styles;
    return { ...styles, ...kept(before, (key) => key !== "block" && !isStyle(key) && after[key] === before[key]) };
}

/** The same, with what was chosen for it. */
export const marksForTyping = (editor, from, to) => changedMarks(inherited(editor.model, from, to), editor.pending ?? {});

/** The marks that a newline at `at` gets beside its kind: so the styles go on in the next block. */
export const marksForNewline = (editor, at) => kept(marksForTyping(editor, at), (key) => isStyle(key) && key !== "code");

/** What toolbars show: marks that everything selected has, the kind of all blocks of it, the comments at it. */
export function stateOf(editor) {
    const { model, selection } = editor;
    const { from, to } = rangeOf(selection);
    let marks;
    if (from === to) marks = marksForTyping(editor, from, to);
    else {
        for (const [text, own] of sliceOf(model, from, to)) {
            if (text !== "\n") marks = marks ? kept(marks, (key) => own[key] === marks[key]) : { ...own };
        }
        marks ??= {};
    }
    delete marks.block;
    const here = from === to ? { ...marksAt(locate(model, from).block, locate(model, from).at - 1), ...marks } : marks;
    const comments = Object.keys(here).filter((key) => key.startsWith("comment:")).map((key) => key.slice(8));
    const shown = kept(marks, (key) => !key.startsWith("comment:"));
    const kinds = new Set(blocksIn(model, from, to).map(({ block }) => kindOf(block)));
    const block = kinds.size === 1 ? [...kinds][0] : "mixed";
    return { marks: shown, block, anchor: selection.anchor, focus: selection.focus, comments, empty: !model.length };
}

/** Tells the state when it differs from what was told last. */
export function tellState(editor) {
    const state = { type: "state", ...stateOf(editor) };
    const text = JSON.stringify(state);
    if (text === editor.told) return;
    editor.told = text;
    editor.send(state);
}

/** Sets a mark on what is selected (null removes it), or with nothing selected on what is typed next. */
export function format(editor, key, value) {
    if (editor.readonly || editor.composing || key === "block") return;
    const { anchor, focus } = currentSelection(editor);
    const { from, to } = rangeOf({ anchor, focus });
    takeFocus(editor);
    if (from === to) {
        editor.pending = { ...editor.pending, [key]: value };
        tellState(editor);
        return;
    }
    editor.edit(marking(editor.model, from, to, { [key]: value }), anchor, focus);
}

// A style goes over newlines too, so that it goes on in a block that is empty; nothing else does.
function marking(model, from, to, changes) {
    if (Object.keys(changes).every(isStyle)) return [from, [to - from, changes]];
    const delta = [from];
    for (const { start, block } of blocksIn(model, from, to)) {
        const begin = Math.max(start, from);
        const end = Math.min(start + block.length, to);
        if (end > begin) delta.push([end - begin, changes]);
        if (end < to) delta.push(1);
    }
    return delta;
}

export function toggle(editor, key) {
    currentSelection(editor);
    const active = stateOf(editor).marks[key];
    format(editor, key, active ? null : true);
}

/** Makes a link of what is selected; null removes it, also from a link that the caret is in. Anything but http, https and mailto is
 * refused. */
export function link(editor, address) {
    const safe = address === null ? null : safeAddress(address);
    if (editor.readonly || editor.composing || (address !== null && !safe)) return false;
    const { anchor, focus } = currentSelection(editor);
    let { from, to } = rangeOf({ anchor, focus });
    if (from === to) [from, to] = linkAround(editor.model, from);
    takeFocus(editor);
    if (from < to) editor.edit(marking(editor.model, from, to, { link: safe }), anchor, focus);
    else if (safe) editor.edit([from, [safe, { ...marksForTyping(editor, from, to), link: safe }]], from + safe.length);
    return true;
}

function linkAround(model, offset) {
    const { block, start, at } = locate(model, offset);
    const address = marksAt(block, at)?.link ?? marksAt(block, at - 1)?.link;
    if (!address) return [offset, offset];
    let [from, to] = [at, at];
    while (marksAt(block, from - 1)?.link === address) from--;
    while (marksAt(block, to)?.link === address) to++;
    return [start + from, start + to];
}

/** What gives the blocks that [from, to] touches this kind; null makes them plain. */
export function kindDelta(model, from, to, kind) {
    const delta = [];
    let done = 0;
    for (const { start, block } of blocksIn(model, from, to)) {
        const end = start + block.length;
        if (kindOf(block) === kind) continue;
        delta.push(end - done, block.end ? [1, { block: kind }] : ["\n", { block: kind }]);
        done = end + 1;
    }
    return compact(delta);
}

/** Makes the selected blocks this kind, or plain when they all are already. */
export function block(editor, kind) {
    if (editor.readonly || editor.composing || (kind !== null && !KINDS.includes(kind))) return;
    const { anchor, focus } = currentSelection(editor);
    const { from, to } = rangeOf({ anchor, focus });
    const wanted = stateOf(editor).block === kind ? null : kind;
    takeFocus(editor);
    editor.edit(kindDelta(editor.model, from, to, wanted), anchor, focus);
}
