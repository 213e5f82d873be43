// What the page shows, read in one go: the body of a function, run inside the page.
const one = (name, inside = document) => inside.querySelector(`[data-testid="${name}"]`);
const text = (element) =>
  element === null ? "" : (element.matches("input, textarea") ? element.value : element.textContent).trim();
const isOn = (element) =>
  element !== null && (element.checked === true || ["aria-checked", "aria-pressed"].some((name) => element.getAttribute(name) === "true"));
return {
  ready: one("new-todo") !== null,
  list: text(one("list-title")),
  items: [...document.querySelectorAll('[data-testid="todo"]')].map((item) => ({
    id: item.dataset.id ?? "",
    title: text(one("todo-title", item)),
    done: isOn(one("todo-check", item)),
    votes: Number(text(one("todo-vote-count", item)) || 0),
  })),
  connection: one("connection")?.dataset.state ?? "",
  pending: Number(one("pending")?.dataset.count ?? 0),
  saved: one("saved")?.dataset.tier ?? "",
  empty: one("empty") !== null,
};
