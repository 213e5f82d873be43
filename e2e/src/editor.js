// What the editor shows, read in one go: the body of a function, run inside the page.
const one = (name, inside = document) => inside.querySelector(`[data-testid="${name}"]`);
const all = (name, inside = document) => [...inside.querySelectorAll(`[data-testid="${name}"]`)];
const content = document.querySelector(".synckit-content");
const blocks = content === null ? [] : [...content.querySelectorAll(".synckit-block")];
// A line break that is only there to give an empty line its height is no text.
const textOf = (block) => {
  let text = "";
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (node.nodeName === "BR") text += "\u2028";
    else node.childNodes.forEach(read);
  };
  read(block);
  return text.replace(/\u2028$/, "").replace(/[\u200b\ufeff]/g, "");
};
return {
  ready: content !== null,
  title: one("title")?.value ?? "",
  text: blocks.map(textOf).join("\n"),
  kinds: blocks.map((block) => block.dataset.kind ?? ""),
  bold: content === null ? [] : [...content.querySelectorAll("strong, b")].map((run) => run.textContent),
  commented: content === null ? [] : [...content.querySelectorAll("mark")].map((run) => run.textContent),
  carets: [...document.querySelectorAll(".synckit-caret span")].map((label) => label.textContent),
  people: Number(one("people")?.dataset.count ?? 0),
  words: Number(one("length")?.dataset.words ?? 0),
  documents: [...document.querySelectorAll("[data-testid=document-link] .name")].map((name) => name.textContent),
  outline: [...(one("outline")?.querySelectorAll("button") ?? [])].map((heading) => heading.textContent),
  remarks: all("comment").map((card) => ({
    quote: card.querySelector("blockquote")?.textContent ?? "",
    words: [...card.querySelectorAll(".words")].map((words) => words.textContent),
  })),
  connection: document.querySelector(".synckit-connection")?.dataset.state ?? "",
  pending: Number(one("pending")?.dataset.count ?? 0),
  saved: one("saved")?.dataset.tier ?? "",
};
