// Draws carets and selections of others over a text field, which cannot show them itself.
//
// A layer lies over the field, with the same text in the same type, invisible: where a character is there, it is in the field. The
// layer takes no clicks, and screen readers pass it by.

import { moved } from "./difference.js";

// Longer texts are shown without carets of others: laying them out once more would hold up typing. In UTF-16 units.
const LONGEST = 200000;
// Longer texts are not laid out to keep lines where they are. In UTF-16 units.
const SHORT = 50000;
// How long a name stays after its caret has moved, in milliseconds.
const NAMED = 3000;
// How often a field is looked at whether it has moved in its page, in milliseconds.
const LOOK = 500;

// What decides where a character is.
const TYPE = [
  "direction", "fontFamily", "fontFeatureSettings", "fontKerning", "fontSize", "fontStretch", "fontStyle", "fontVariant",
  "fontWeight", "letterSpacing", "lineHeight", "overflowWrap", "paddingBottom", "paddingLeft", "paddingRight", "paddingTop",
  "tabSize", "textAlign", "textIndent", "textTransform", "unicodeBidi", "wordBreak", "wordSpacing", "writingMode",
];

export function carets(element) {
  const page = element.ownerDocument;
  const view = page.defaultView;
  let shown = [];
  let text = "";
  let layer = null;
  let scheduled = 0;

  function make() {
    const box = page.createElement("div");
    box.setAttribute("aria-hidden", "true");
    box.dataset.synckitCarets = "";
    Object.assign(box.style, { position: "absolute", overflow: "hidden", pointerEvents: "none", zIndex: "1" });
    const sheet = page.createElement("div");
    Object.assign(sheet.style, { position: "relative", boxSizing: "border-box", margin: "0", border: "0" });
    const mirror = page.createElement("div");
    mirror.style.visibility = "hidden";
    const letters = page.createTextNode("");
    const marks = page.createElement("div");
    mirror.append(letters);
    sheet.append(mirror, marks);
    box.append(sheet);
    element.after(box);
    const listening = new AbortController();
    const options = { signal: listening.signal, passive: true };
    element.addEventListener("scroll", scroll, options);
    view.addEventListener("resize", schedule, options);
    const sizes = new ResizeObserver(schedule);
    sizes.observe(element);
    const looking = setInterval(() => {
      if (box.style.left !== left() || box.style.top !== top()) schedule();
    }, LOOK);
    return { box, sheet, letters, marks, stop: [() => listening.abort(), () => sizes.disconnect(), () => clearInterval(looking)] };
  }

  const left = () => `${element.offsetLeft + element.clientLeft}px`;
  const top = () => `${element.offsetTop + element.clientTop}px`;

  function scroll() {
    if (layer) layer.sheet.style.transform = `translate(${-element.scrollLeft}px, ${-element.scrollTop}px)`;
  }

  // Brings the layer over the field, with its text.
  function lay() {
    layer ??= make();
    const { box, sheet, letters } = layer;
    const style = view.getComputedStyle(element);
    for (const name of TYPE) sheet.style[name] = style[name];
    const isLine = element.tagName === "INPUT";
    sheet.style.whiteSpace = isLine ? "pre" : style.whiteSpace;
    sheet.style.width = isLine ? "max-content" : `${element.clientWidth}px`;
    sheet.style.minWidth = `${element.clientWidth}px`;
    if (isLine) {
      const inner = element.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
      sheet.style.lineHeight = `${inner}px`;
    }
    Object.assign(box.style, {
      left: left(), top: top(), width: `${element.clientWidth}px`, height: `${element.clientHeight}px`,
    });
    // Something to measure behind the last line break.
    const content = `${text}\u200b`;
    if (letters.data !== content) letters.data = content;
    scroll();
  }

  // Where a place is: the left edge and the top of its line, in the sheet.
  function spot(place) {
    const { sheet, letters } = layer;
    const origin = sheet.getBoundingClientRect();
    const range = page.createRange();
    const at = Math.min(place, text.length);
    range.setStart(letters, at);
    range.collapse(true);
    let rect = at > 0 && text[at - 1] === "\n" ? null : range.getClientRects()[0];
    let edge = "left";
    if (!rect) {
      range.setEnd(letters, at + 1);
      rect = range.getClientRects()[0] ?? origin;
      if (sheet.style.direction === "rtl") edge = "right";
    }
    return { x: rect[edge] - origin.left, y: rect.top - origin.top, height: rect.height };
  }

  function piece(style, parent) {
    const made = page.createElement("div");
    Object.assign(made.style, { position: "absolute", ...style });
    parent.append(made);
    return made;
  }

  function drawSelection(caret) {
    const { sheet, letters, marks } = layer;
    const origin = sheet.getBoundingClientRect();
    const range = page.createRange();
    range.setStart(letters, Math.min(caret.anchor, caret.focus, text.length));
    range.setEnd(letters, Math.min(Math.max(caret.anchor, caret.focus), text.length));
    for (const rect of range.getClientRects()) {
      const made = piece({
        left: `${rect.left - origin.left}px`, top: `${rect.top - origin.top}px`,
        width: `${Math.max(rect.width, 3)}px`, height: `${rect.height}px`, background: caret.color, opacity: "0.25",
      }, marks);
      made.dataset.synckitSelection = caret.id;
    }
  }

  function drawCaret(caret) {
    const { x, y, height } = spot(caret.focus);
    const made = piece({
      left: `${x - 1}px`, top: `${y}px`, width: "2px", height: `${height}px`, background: caret.color,
    }, layer.marks);
    made.dataset.synckitCaret = caret.id;
    const rest = caret.until - Date.now();
    if (!caret.name || rest <= 0) return;
    const label = piece({
      left: "0", whiteSpace: "nowrap", padding: "0 4px", borderRadius: "3px", background: caret.color, color: "#fff",
      font: "600 11px/16px system-ui, sans-serif", direction: "ltr", letterSpacing: "normal", textTransform: "none",
      ...(y - element.scrollTop < 16 ? { top: `${height}px` } : { bottom: "100%" }),
    }, made);
    label.textContent = caret.name;
    // At the right edge it moves to the left as far as it has to.
    const from = x - element.scrollLeft;
    const over = Math.min(from + label.offsetWidth - element.clientWidth, from);
    if (over > 0) label.style.left = `${-Math.ceil(over)}px`;
    label.animate([{ opacity: 1 }, { opacity: 1, offset: 0.8 }, { opacity: 0 }], { duration: rest, fill: "forwards" });
  }

  function draw() {
    scheduled = 0;
    if (shown.length === 0 || text.length > LONGEST || !element.isConnected) {
      remove();
      return;
    }
    lay();
    layer.marks.replaceChildren();
    for (const caret of shown) {
      if (caret.anchor !== caret.focus) drawSelection(caret);
      drawCaret(caret);
    }
  }

  function schedule() {
    scheduled ||= view.requestAnimationFrame(draw);
  }

  function remove() {
    if (!layer) return;
    for (const stop of layer.stop) stop();
    layer.box.remove();
    layer = null;
  }

  return {
    // Shows these carets from now on.
    show(carets, now) {
      const before = new Map(shown.map((caret) => [caret.id, caret]));
      text = now;
      shown = carets.map((caret) => {
        const known = before.get(caret.id);
        const stayed = known?.focus === caret.focus && known?.anchor === caret.anchor;
        return { ...caret, until: stayed ? known.until : Date.now() + NAMED };
      });
      schedule();
    },
    // The text has changed: carets stay with their characters.
    move(delta, now) {
      if (shown.length === 0) return;
      text = now;
      for (const caret of shown) {
        caret.anchor = moved(caret.anchor, delta, true);
        caret.focus = moved(caret.focus, delta, true);
      }
      schedule();
    },
    // How far below the field's upper edge the line of a place begins, in pixels; nothing where that takes too long.
    height(place, now) {
      if (now.length > SHORT || element.tagName === "INPUT" || !element.isConnected) return undefined;
      text = now;
      lay();
      const { y } = spot(place);
      if (shown.length === 0) remove();
      return y - element.scrollTop;
    },
    // Scrolls the field so that a place shows.
    reveal(place, now) {
      if (now.length > LONGEST || element.tagName === "INPUT") return;
      text = now;
      lay();
      const { y, height } = spot(place);
      if (y < element.scrollTop) element.scrollTop = y;
      const below = y + height - element.clientHeight;
      if (below > element.scrollTop) element.scrollTop = below;
      if (shown.length === 0) remove();
    },
    release() {
      view.cancelAnimationFrame(scheduled);
      remove();
    },
  };
}
