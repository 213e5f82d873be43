// Adds items as fast as events allow, and keeps the books about what the page promised: the body of a function.
// arguments: the first part of every title, how many items, milliseconds between two of them.
const [prefix, count, pause] = arguments;
// The screen follows a change a moment later. A promise is counted only for items that are at least this old.
const SETTLED = 50;
const burst = { added: 0, saved: 0, stopped: false };
window.burst = burst;
const addedAt = [];
const one = (name) => document.querySelector(`[data-testid=${name}]`);
const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
const add = (title) => {
  const input = one("new-todo");
  setValue.call(input, title);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  if (input.form) input.form.requestSubmit();
  else input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
};
const keepBooks = () => {
  const now = performance.now();
  let settled = burst.saved;
  while (settled < addedAt.length && addedAt[settled] <= now - SETTLED) settled += 1;
  // Changes are acknowledged in their order: whatever is still waiting is the last ones.
  burst.saved = Math.max(burst.saved, settled - Number(one("pending").dataset.count));
};
const step = () => {
  keepBooks();
  if (!burst.stopped && burst.added < count) {
    burst.added += 1;
    addedAt.push(performance.now());
    add(`${prefix}${burst.added}`);
  }
  setTimeout(step, pause);
};
step();
