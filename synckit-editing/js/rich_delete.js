// What a deletion covers, and what becomes of the blocks around it.
import { kindOf, locate, textOfBlock } from "./rich_model.js";
import { offsetAt } from "./rich_selection.js";
import { kindDelta } from "./rich_format.js";

const segmenter = (granularity) => (globalThis.Intl?.Segmenter ? new Intl.Segmenter(undefined, { granularity }) : null);
const graphemes = segmenter("grapheme");
const words = segmenter("word");
// Characters of more units than this are cut: none that is written by people is so long.
const WINDOW = 64;
const WORD_WINDOW = 1000;

const splits = (text, at) => at > 0 && at < text.length && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

/** Where the character before `at` begins. */
export function characterBefore(text, at) {
    let from = Math.max(at - WINDOW, 0);
    if (splits(text, from)) from--;
    const part = text.slice(from, at);
    if (!graphemes) return from + part.length - (/[\ud800-\udbff][\udc00-\udfff]$/.test(part) ? 2 : 1);
    let last = 0;
    for (const { index } of graphemes.segment(part)) last = index;
    return from + last;
}

/** Where the character after `at` ends. */
export function characterAfter(text, at) {
    const part = text.slice(at, at + WINDOW);
    if (!graphemes) return at + (/^[\ud800-\udbff][\udc00-\udfff]/.test(part) ? 2 : 1);
    const [first] = graphemes.segment(part);
    return at + first.segment.length;
}

const segmentsOf = (text) => (words ? [...words.segment(text)] : Array.from(text.matchAll(/\s+|\w+|[^\w\s]+/g), (match) =>
    ({ segment: match[0], index: match.index, isWordLike: /^\w/.test(match[0]) })));

/** Where the word before `at` begins; spaces and punctuation before a word go with it. */
export function wordBefore(text, at) {
    const from = Math.max(at - WORD_WINDOW, 0);
    const segments = segmentsOf(text.slice(from, at));
    for (let index = segments.length - 1; index >= 0; index--) {
        if (segments[index].segment.trim()) return from + segments[index].index;
    }
    return from;
}

/** Where the word after `at` ends. */
export function wordAfter(text, at) {
    for (const { segment, index } of segmentsOf(text.slice(at, at + WORD_WINDOW))) {
        if (segment.trim()) return at + index + segment.length;
    }
    return Math.min(at + WORD_WINDOW, text.length);
}

/** Deletes [from, to). When blocks become one it is of the kind of the first, or of the last when nothing of the first is left; two
 * empty ones are joined into the first. */
export function removal(model, from, to) {
    const delta = [from, from - to];
    const first = locate(model, from);
    const last = locate(model, to);
    if (first.index === last.index) return delta;
    const rest = last.block.length - last.at;
    const kind = first.at > 0 || (!rest && to - from === 1) ? kindOf(first.block) : kindOf(last.block);
    if (kind === kindOf(last.block)) return delta;
    if (last.block.end) return [...delta, rest, [1, { block: kind }]];
    // The last block has no newline to be marked; nothing to do when it is as empty as one with a newline would leave it.
    if (!rest && to - from === 1) return [];
    return [...delta, rest, ["\n", { block: kind }]];
}

/** The delta that puts `insert` in the place of [from, to), with what `removal` says about the blocks. */
export function replacement(model, from, to, insert) {
    const [keep, gone, ...rest] = from < to ? removal(model, from, to) : [];
    return keep === undefined ? [from, insert] : [keep, insert, gone, ...rest];
}

/** The range that the browser names for an input, or null. */
export function rangeOfTarget(editor, event) {
    const [range] = event.getTargetRanges?.() ?? [];
    if (!range) return null;
    const from = offsetAt(editor, range.startContainer, range.startOffset);
    const to = offsetAt(editor, range.endContainer, range.endOffset);
    return from === null || to === null ? null : { from: Math.min(from, to), to: Math.max(from, to) };
}

/** Does what a `delete...` input asks for. */
export function deleteInput(editor, event, { from, to }) {
    const { model } = editor;
    if (from < to) return editor.edit(removal(model, from, to), from);
    const { block, start, at, index } = locate(model, from);
    const text = textOfBlock(block);
    const backward = event.inputType.endsWith("Backward");
    if (backward && at === 0) {
        // The first backspace takes the kind, the second joins with the block above.
        if (kindOf(block)) return editor.edit(kindDelta(model, from, from, null), from);
        if (index) editor.edit(removal(model, from - 1, from), from - 1);
        return;
    }
    if (!backward && at === block.length && event.inputType.endsWith("Forward")) {
        if (index < model.blocks.length - 1) editor.edit(removal(model, from, from + 1), from);
        return;
    }
    const target = () => rangeOfTarget(editor, event) ?? { from: start, to: start + block.length };
    let range;
    switch (event.inputType) {
        case "deleteContentBackward": range = { from: start + characterBefore(text, at), to: from }; break;
        case "deleteContentForward": range = { from, to: start + characterAfter(text, at) }; break;
        case "deleteWordBackward": range = { from: start + wordBefore(text, at), to: from }; break;
        case "deleteWordForward": range = { from, to: start + wordAfter(text, at) }; break;
        case "deleteHardLineBackward": range = { from: start, to: from }; break;
        case "deleteHardLineForward": range = { from, to: start + block.length }; break;
        default: range = target();
    }
    if (range.from < range.to) editor.edit(removal(model, range.from, range.to), range.from);
}
