// Changes of a string: arrays of numbers and strings. A positive number keeps so many UTF-16 units, a negative one deletes
// them, a string is inserted. Pieces of richer texts are pairs whose first entry is one of these.

const isHigh = (unit) => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit) => unit >= 0xdc00 && unit < 0xe000;

// What leads from one string to another: one stretch is replaced. `caret`, where the caret is afterwards, tells which one
// of several equal letters was typed. No character of two units is cut.
export function difference(before, after, caret) {
  const shorter = Math.min(before.length, after.length);
  const mostBack = Math.max(0, Math.min(shorter, after.length - (caret ?? 0)));
  let back = 0;
  while (
    back < mostBack &&
    before.charCodeAt(before.length - 1 - back) === after.charCodeAt(after.length - 1 - back)
  ) {
    back++;
  }
  let front = 0;
  while (front < shorter - back && before.charCodeAt(front) === after.charCodeAt(front)) front++;
  if (
    front > 0 &&
    isHigh(before.charCodeAt(front - 1)) &&
    (isLow(before.charCodeAt(front)) || isLow(after.charCodeAt(front)))
  ) {
    front--;
  }
  const [old, now] = [before.length - back, after.length - back];
  if (
    back > 0 &&
    isLow(before.charCodeAt(old)) &&
    (isHigh(before.charCodeAt(old - 1)) || isHigh(after.charCodeAt(now - 1)))
  ) {
    back--;
  }
  const delta = [];
  if (front > 0) delta.push(front);
  const inserted = after.slice(front, after.length - back);
  if (inserted) delta.push(inserted);
  const deleted = before.length - back - front;
  if (deleted > 0) delta.push(-deleted);
  return delta;
}

const bare = (op) => (Array.isArray(op) ? op[0] : op);

// The string after a change.
export function applied(text, delta) {
  const parts = [];
  let at = 0;
  for (const piece of delta) {
    const op = bare(piece);
    if (typeof op === "string") {
      parts.push(op);
    } else if (op > 0) {
      parts.push(text.slice(at, at + op));
      at += op;
    } else {
      at -= op;
    }
  }
  parts.push(text.slice(at));
  return parts.join("");
}

// Where a place is after a change. `stays`: what is inserted right there comes behind it.
export function moved(place, delta, stays) {
  let from = 0;
  let to = place;
  for (const piece of delta) {
    if (from > place) break;
    const op = bare(piece);
    if (typeof op === "string") {
      if (from < place || !stays) to += op.length;
    } else if (op > 0) {
      from += op;
    } else {
      to -= Math.min(-op, place - from);
      from -= op;
    }
  }
  return to;
}
