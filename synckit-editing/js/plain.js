// A text field (textarea or input) that shows a text which others write too.
//
// What somebody types shows at once, as in any text field, and is told afterwards. What comes from elsewhere is put in
// between, unless it was made before the last keystroke arrived there or a character is being composed: then it is left
// out, and comes again when it fits.

import { carets } from "./carets.js";
import { applied as after, difference, moved } from "./difference.js";

// What has been composed for so long without an end is told all the same, in milliseconds.
const COMPOSING = 1000;

// Binds a field. `send` is called with messages; those from the other side go to `receive`. After `release` the field is
// an ordinary one.
export function bind(element, options, send) {
  const isLine = element.tagName === "INPUT";
  const listening = new AbortController();
  const overlay = carets(element);
  // What the field shows, as far as it was told or received.
  let value = element.value;
  let edits = 0;
  let applied = 0;
  let composing = false;
  let dropped = false;
  let waiting = 0;
  let told = null;

  // What a field cannot show is shown as something of the same length, so that places stay the same.
  const shown = (text) =>
    isLine ? text.replace(/[\r\n]/g, " ") : text.replace(/\r/g, "\u200b");
  const hasFocus = () => element.getRootNode().activeElement === element;

  function selection() {
    const { selectionStart: start, selectionEnd: end } = element;
    if (!hasFocus() || start === null) return {};
    const backward = element.selectionDirection === "backward";
    return backward ? { anchor: end, focus: start } : { anchor: start, focus: end };
  }

  function flush() {
    const now = element.value;
    clearTimeout(waiting);
    if (now === value || applied === 0) return false;
    const delta = difference(value, now, element.selectionEnd);
    value = now;
    dropped = false;
    edits++;
    overlay.move(delta, value);
    told = selection();
    send({ type: "edit", number: edits, applied, delta, ...told });
    return true;
  }

  function endComposition() {
    composing = false;
    if (!flush() && dropped) {
      dropped = false;
      send({ type: "applied", number: applied });
    }
  }

  function tellSelection() {
    if (composing || applied === 0) return;
    const now = selection();
    if (now.anchor === told?.anchor && now.focus === told?.focus) return;
    told = now;
    send({ type: "select", applied, ...now });
  }

  // Replaces what lies between a common front and a common end, and brings the selection to where it belongs.
  function show(text, delta, wanted) {
    const { selectionStart: start, selectionEnd: end, selectionDirection: direction } = element;
    const [keep, ...change] = typeof delta[0] === "number" && delta[0] > 0 ? delta : [0, ...delta];
    const before = element.value;
    // Lines that come above the caret do not push it out of sight: what somebody reads stays where it is.
    const scrolls = !wanted && hasFocus() && keep < end && element.scrollHeight > element.clientHeight;
    const height = scrolls ? overlay.height(end, before) : undefined;
    let back = 0;
    if (change.length > 0) {
      const most = Math.min(before.length, text.length) - keep;
      while (back < most && before.charCodeAt(before.length - 1 - back) === text.charCodeAt(text.length - 1 - back)) {
        back++;
      }
      element.setRangeText(text.slice(keep, text.length - back), keep, before.length - back, "preserve");
    }
    value = text;
    overlay.move(delta, text);
    if (start === null || !hasFocus()) return;
    const isCaret = start === end;
    const from = wanted ? wanted[0] : moved(start, delta, isCaret);
    const to = wanted ? wanted[1] : moved(end, delta, true);
    if (element.selectionStart !== from || element.selectionEnd !== to) {
      element.setSelectionRange(from, Math.max(from, to), direction);
    }
    if (wanted) overlay.reveal(to, text);
    const moves = height >= 0 && height < element.clientHeight;
    if (moves) element.scrollTop += (overlay.height(to, text) ?? height) - height;
  }

  // Whether a message can be taken in now.
  function fits(seen) {
    if (seen !== edits) return false;
    if (composing) dropped = true;
    // What was typed and not told yet, because no event has come of it, is told first.
    return !composing && !flush();
  }

  function reset({ number, seen, delta }) {
    if (!fits(seen)) return;
    const text = shown(after("", delta));
    const early = applied === 0 && element.value !== element.defaultValue && shown(element.defaultValue) === text;
    applied = number;
    // Somebody may have typed already into what the server had rendered.
    if (early) value = text;
    else show(text, difference(element.value, text), null);
    send({ type: "applied", number });
    if (early) flush();
  }

  function patch({ number, seen, delta, anchor, focus }) {
    if (!fits(seen)) return;
    const masked = delta.map((op) => (typeof op === "string" ? shown(op) : op));
    show(after(value, masked), masked, anchor === undefined ? null : [anchor, focus]);
    applied = number;
    send({ type: "applied", number });
    tellSelection();
  }

  function history(event, type) {
    event.preventDefault();
    if (element.readOnly || element.disabled) return;
    flush();
    send({ type });
  }

  function on(target, events, listener) {
    for (const event of events.split(" ")) {
      target.addEventListener(event, listener, { signal: listening.signal });
    }
  }

  on(element, "input", () => {
    if (!composing) {
      flush();
      return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(flush, COMPOSING);
  });
  on(element, "change", () => {
    if (!composing) flush();
  });
  on(element, "compositionstart", () => (composing = true));
  on(element, "compositionend", endComposition);
  on(element, "blur", () => {
    if (composing) endComposition();
    else flush();
    tellSelection();
  });
  on(element, "focus", tellSelection);
  on(element.ownerDocument, "selectionchange", () => {
    if (hasFocus()) tellSelection();
  });
  on(element, "keydown", (event) => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.isComposing;
    const key = event.key.toLowerCase();
    if (command && key === "z") history(event, event.shiftKey ? "redo" : "undo");
    if (command && key === "y" && event.ctrlKey && !event.shiftKey) history(event, "redo");
  });
  on(element, "beforeinput", (event) => {
    if (event.inputType === "historyUndo") history(event, "undo");
    if (event.inputType === "historyRedo") history(event, "redo");
  });

  return {
    receive(message) {
      if (listening.signal.aborted) return;
      if (message.type === "reset") reset(message);
      if (message.type === "patch") patch(message);
      if (message.type === "carets" && message.applied === applied && message.seen === edits) {
        overlay.show(message.carets, value);
      }
    },
    release() {
      if (listening.signal.aborted) return;
      listening.abort();
      flush();
      overlay.release();
    },
  };
}
