// Keyboard shortcuts, and what a click does.
import { select } from "./rich_bind.js";
import { block, stateOf, toggle } from "./rich_format.js";
import { safeAddress } from "./rich_render.js";
import { currentSelection } from "./rich_selection.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const KEY_MARKS = { KeyB: "bold", KeyI: "italic", KeyU: "underline", KeyE: "code" };
const SHIFTED_MARKS = { KeyS: "strike", KeyX: "strike" };
const KEY_KINDS = { Digit0: null, Digit1: "h1", Digit2: "h2", Digit3: "h3", KeyC: "code" };
const SHIFTED_KINDS = { Digit7: "ordered", Digit8: "bullet", Digit9: "quote" };

// The browser does not get to what is out of sight and not laid out.
function toEnd(editor, { key, shiftKey }) {
    const end = key === (MAC ? "ArrowDown" : "End");
    if (!end && key !== (MAC ? "ArrowUp" : "Home")) return null;
    const place = end ? editor.model.length : 0;
    return () => select(editor, shiftKey ? currentSelection(editor).anchor : place, place);
}

/** What a key asks for: a command, or nothing. */
function commandOf(editor, event) {
    const { code, shiftKey, altKey } = event;
    const has = (map) => Object.hasOwn(map, code);
    if (!(MAC ? event.metaKey : event.ctrlKey) || (MAC ? event.ctrlKey : event.metaKey)) return null;
    if (!altKey && toEnd(editor, event)) return toEnd(editor, event);
    // Letters by what is printed on the key, as everywhere else; digits by place, as they need shift on some keyboards.
    const letter = event.key.length === 1 ? event.key.toLowerCase() : "";
    const key = /[a-z]/.test(letter) ? `Key${letter.toUpperCase()}` : code;
    const named = (map) => (Object.hasOwn(map, key) ? map[key] : undefined);
    if (altKey && !shiftKey && (has(KEY_KINDS) || named(KEY_KINDS) !== undefined)) return () => block(editor, has(KEY_KINDS) ? KEY_KINDS[code] : named(KEY_KINDS));
    if (altKey) return null;
    if (shiftKey) {
        if (has(SHIFTED_KINDS)) return () => block(editor, SHIFTED_KINDS[code]);
        if (named(SHIFTED_MARKS)) return () => toggle(editor, named(SHIFTED_MARKS));
        return key === "KeyZ" ? () => history(editor, "redo") : null;
    }
    if (named(KEY_MARKS)) return () => toggle(editor, named(KEY_MARKS));
    if (key === "KeyK") return () => editor.readonly || askForLink(editor);
    if (key === "KeyZ") return () => history(editor, "undo");
    return key === "KeyY" ? () => history(editor, "redo") : null;
}

function history(editor, type) {
    if (!editor.readonly) editor.send({ type });
}

function askForLink(editor) {
    currentSelection(editor);
    editor.send({ type: "link", url: stateOf(editor).marks.link ?? null });
}

export function listenKeys(editor) {
    const { content } = editor;
    editor.listen(content, "keydown", (event) => {
        if (event.isComposing || editor.composing || event.defaultPrevented) return;
        const command = commandOf(editor, event);
        if (!command) return;
        event.preventDefault();
        command();
    });
    editor.listen(content, "click", (event) => {
        const anchor = event.target.closest?.("a[href]");
        if (anchor) {
            event.preventDefault();
            if ((MAC ? event.metaKey : event.ctrlKey) || editor.readonly) openLink(anchor.getAttribute("href"));
        }
        const mark = event.target.closest?.("mark[data-comments]");
        if (mark) editor.send({ type: "comment", ids: JSON.parse(mark.dataset.comments) });
    });
}

function openLink(address) {
    const safe = safeAddress(address);
    if (safe) window.open(safe, "_blank", "noopener,noreferrer");
}
