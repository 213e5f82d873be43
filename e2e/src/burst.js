// Adds items as fast as events allow, and keeps the books about what the page promised: the body of a function.
// arguments: the first part of every title, how many items, milliseconds between two of them, and after how many of them
// it waits until the page shows that they are on the device; 0: never.
const [prefix, count, pause, wave] = arguments;
// The screen follows a change a moment later. A promise is counted only for items that are at least this old.
const SETTLED = 50;
const burst = { added: 0, saved: 0, stored: 0, stopped: false };
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
const isOnDevice = () => one("saved").dataset.tier !== "memory";
const keepBooks = () => {
  const now = performance.now();
  let settled = Math.max(burst.saved, burst.stored);
  while (settled < addedAt.length && addedAt[settled] <= now - SETTLED) settled += 1;
  // Changes are acknowledged in their order: whatever is still waiting is the last ones.
  burst.saved = Math.max(burst.saved, settled - Number(one("pending").dataset.count));
  if (isOnDevice()) burst.stored = settled;
};
const step = () => {
  keepBooks();
  const waits = wave > 0 && burst.added % wave === 0 && !isOnDevice();
  if (!burst.stopped && !waits && burst.added < count) {
    burst.added += 1;
    addedAt.push(performance.now());
    add(`${prefix}${burst.added}`);
  }
  setTimeout(step, pause);
};
step();
