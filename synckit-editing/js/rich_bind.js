// One editable element bound to one text: what is typed goes out as edits, what others do comes in as patches.
// A patch that was made without knowing an edit of this element is refused; it comes again, made on top of that edit.
import { applyDelta, compact, covered, movedOffset, newModel } from "./rich_model.js";
import { drawAll, render, renderAnew } from "./rich_render.js";
import { currentSelection, readSelection, showCaret, showSelection } from "./rich_selection.js";
import { listenInput } from "./rich_input.js";
import { endComposition, listenComposition } from "./rich_composition.js";
import { listenClipboard } from "./rich_clipboard.js";
import { listenKeys } from "./rich_keys.js";
import { drawCarets, moveCarets, showCarets } from "./rich_carets.js";
import { block, format, link, tellState, toggle } from "./rich_format.js";
import { addStyle } from "./rich_style.js";

/**
 * Makes an empty element an editor. `send(message)` is called with what the other side has to know; what it answers goes
 * to `receive`. Options: `label` (what the editor is called), `placeholder`, `readonly`, `spellcheck`.
 */
export function bindRich(element, options, send) {
    addStyle();
    // Classes of the element itself are the program's.
    const host = document.createElement("div");
    const content = document.createElement("div");
    const layer = document.createElement("div");
    const undo = [];
    const editor = {
        host, content, layer, send, options,
        model: newModel(),
        blockOf: (node) => node?.synckitBlock,
        // How many edits were sent, and which patch was applied last.
        sent: 0, applied: 0,
        refused: false, composing: false, readonly: false,
        selection: { anchor: 0, focus: 0 },
        // Marks that were chosen with nothing selected, for what is typed next.
        pending: null,
        // Whether the other side was told a selection.
        present: false,
        // The first block that has no element yet; 0 when all have.
        undrawn: 0,
        carets: [],
        // When each of them has moved last.
        movedAt: new Map(),
        told: "",
        // While the page is changed, what arrives waits: focus and selection tell others, who may answer at once.
        busy: false,
        waiting: [],
        listen(target, event, heard, how) {
            target.addEventListener(event, heard, how);
            undo.push(() => target.removeEventListener(event, heard, how));
        },
        edit: (delta, anchor, focus = anchor, show) => edit(editor, delta, anchor, focus, show),
        frame: frames(undo),
        // While somebody composes, the page is the browser's.
        redraw: () => editor.frame("carets", () => editor.composing || drawCarets(editor)),
        reveal: () => editor.frame("caret", () => editor.composing || showCaret(editor)),
    };
    content.className = "synckit-content";
    content.setAttribute("role", "textbox");
    content.setAttribute("aria-multiline", "true");
    content.tabIndex = 0;
    layer.className = "synckit-carets";
    layer.setAttribute("aria-hidden", "true");
    host.className = "synckit-rich";
    host.append(content, layer);
    element.replaceChildren(host);
    setOptions(editor, options);
    renderAnew(editor);

    listenComposition(editor);
    listenInput(editor);
    listenClipboard(editor);
    listenKeys(editor);
    editor.listen(document, "selectionchange", () => selected(editor));
    editor.listen(content, "focus", () => selected(editor));
    editor.listen(content, "blur", () => left(editor));
    // Only what is near the screen is drawn. A scroll of whatever the editor lies in moves that.
    editor.listen(document, "scroll", () => editor.carets.length && editor.redraw(), { capture: true, passive: true });
    const resized = new ResizeObserver(editor.redraw);
    resized.observe(content);
    undo.push(() => resized.disconnect());

    return {
        receive(message) {
            editor.waiting.push(message);
            takeIn(editor);
        },
        release() {
            endComposition(editor);
            undo.forEach((end) => end());
            editor.undrawn = 0;
            editor.carets = [];
            host.remove();
        },
        format: (key, value) => format(editor, key, value),
        toggle: (key) => toggle(editor, key),
        block: (kind) => block(editor, kind),
        link: (address) => link(editor, address),
        select: (anchor, focus) => select(editor, anchor, focus),
        focus: () => command(editor, { name: "focus" }),
    };
}

// Work for the next frame, each kind of it once.
function frames(undo) {
    const waiting = new Map();
    let handle = 0;
    undo.push(() => cancelAnimationFrame(handle));
    return (name, work) => {
        if (!waiting.size) {
            handle = requestAnimationFrame(() => {
                const works = [...waiting.values()];
                waiting.clear();
                for (const each of works) each();
            });
        }
        waiting.set(name, work);
    };
}

function setOptions(editor, { label, placeholder, readonly = false, spellcheck = true }) {
    const { content } = editor;
    if (label) content.setAttribute("aria-label", label);
    else content.removeAttribute("aria-label");
    content.dataset.placeholder = placeholder ?? "";
    if (placeholder) content.setAttribute("aria-placeholder", placeholder);
    else content.removeAttribute("aria-placeholder");
    content.spellcheck = spellcheck;
    editor.readonly = readonly;
    content.contentEditable = String(!readonly);
    content.setAttribute("aria-readonly", String(readonly));
}

/** An edit of this user: shown, then sent. */
function edit(editor, delta, anchor, focus, show = true) {
    // Nothing is known yet of what is edited.
    if (!editor.applied) return;
    delta = compact(delta);
    editor.selection = { anchor, focus };
    quietly(editor, () => {
        if (delta.length) {
            drawAll(editor);
            applyDelta(editor.model, delta);
            render(editor);
            moveCarets(editor, delta);
        }
        if (show) {
            showSelection(editor);
            editor.reveal();
        }
    });
    if (delta.length) {
        editor.sent += 1;
        editor.refused = false;
        editor.send({ type: "edit", number: editor.sent, applied: editor.applied, delta, anchor, focus });
    } else {
        tellSelection(editor);
    }
    tellState(editor);
    takeIn(editor);
}

/** Does `work`, of which nobody is told and which nothing that arrives comes between. */
function quietly(editor, work) {
    const { busy } = editor;
    editor.busy = true;
    try {
        work();
    } finally {
        editor.busy = busy;
    }
}

function takeIn(editor) {
    while (!editor.busy && editor.waiting.length) receive(editor, editor.waiting.shift());
}

/** Gives the editor the focus, with what was selected in it last. */
export function takeFocus(editor) {
    if (document.activeElement === editor.content) return;
    quietly(editor, () => {
        editor.content.focus({ preventScroll: true });
        showSelection(editor);
    });
}

function tellSelection(editor) {
    editor.present = true;
    const { anchor, focus } = editor.selection;
    editor.send({ type: "select", applied: editor.applied, anchor, focus });
}

/** The selection is somewhere else in the page, though what was selected here is still remembered for toolbars. */
function left(editor) {
    if (editor.present && !editor.busy) editor.send({ type: "select", applied: editor.applied });
    editor.present = false;
}

function selected(editor) {
    if (editor.busy || editor.composing || !editor.applied || document.activeElement !== editor.content) return;
    const before = editor.selection;
    const now = readSelection(editor);
    if (!now || (now.anchor === before.anchor && now.focus === before.focus && editor.present)) return;
    editor.present = true;
    if (now.anchor !== before.anchor || now.focus !== before.focus) editor.pending = null;
    editor.selection = now;
    tellSelection(editor);
    tellState(editor);
}

export function select(editor, anchor, focus = anchor) {
    const bounded = (offset) => Math.min(Math.max(offset | 0, 0), editor.model.length);
    editor.selection = { anchor: bounded(anchor), focus: bounded(focus) };
    takeFocus(editor);
    quietly(editor, () => showSelection(editor));
    editor.pending = null;
    editor.reveal();
    tellSelection(editor);
    tellState(editor);
}

function receive(editor, message) {
    switch (message.type) {
        case "reset":
        case "patch":
            return change(editor, message);
        case "carets":
            return showCarets(editor, message);
        case "options":
            return setOptions(editor, message.options);
        case "command":
            return command(editor, message);
    }
}

function command(editor, { name, key, value, kind, address, anchor, focus }) {
    if (name === "toggle") toggle(editor, key);
    else if (name === "format") format(editor, key, value);
    else if (name === "block") block(editor, kind);
    else if (name === "link") link(editor, address);
    else if (name === "select") select(editor, anchor, focus);
    else if (name === "focus") select(editor, editor.selection.anchor, editor.selection.focus);
}

/** What others did. */
function change(editor, message) {
    const { number, seen, delta } = message;
    if (editor.composing) {
        editor.refused = true;
        return;
    }
    // The edit that it does not know is under way, and tells that this was not applied.
    if (seen !== editor.sent || number <= editor.applied) return;
    if (message.type === "patch" && covered(delta) > editor.model.length) return editor.send({ type: "resync" });
    quietly(editor, () => {
        // Only a selection that is here is put back; one elsewhere in the page is left alone.
        const here = readSelection(editor);
        const { anchor, focus } = currentSelection(editor);
        if (message.type === "reset") {
            const before = editor.model.length;
            editor.model = newModel();
            applyDelta(editor.model, delta);
            renderAnew(editor);
            const bounded = (offset) => Math.min(offset, before && editor.model.length);
            editor.selection = { anchor: bounded(anchor), focus: bounded(focus) };
        } else {
            drawAll(editor);
            applyDelta(editor.model, delta);
            render(editor);
            moveCarets(editor, delta);
            editor.selection = { anchor: movedOffset(anchor, delta), focus: movedOffset(focus, delta) };
        }
        if (typeof message.anchor === "number") {
            editor.selection = { anchor: message.anchor, focus: message.focus ?? message.anchor };
        }
        if (here) showSelection(editor);
        // What was undone is to be seen, also by somebody who has pressed a button for it.
        if (typeof message.anchor === "number") editor.reveal();
    });
    editor.applied = number;
    editor.refused = false;
    editor.send({ type: "applied", number });
    editor.redraw();
    tellState(editor);
}
