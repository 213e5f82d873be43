// The libraries behind one face: what a case is prepared with, and what is timed.

import init, { Edits, Replica } from "./bench_browser.js";
import * as Y from "./yjs.js";

export const start = () => init();

const sum = (updates) => updates.reduce((bytes, update) => bytes + update.length, 0);

const synckit = {
  name: "synckit",
  create: (id) => new Replica(id),
  edits(edits) {
    const column = (of) => Uint32Array.from(edits, of);
    const insertions = column(([, , text]) => [...text].length);
    const text = edits.map(([, , text]) => text).join("");
    return new Edits(column(([at]) => at), column(([, size]) => size), insertions, text);
  },
  items(inserts) {
    const column = (of) => Uint32Array.from(inserts, of);
    const numbers = Float64Array.from(inserts.flatMap(([, numbers]) => numbers));
    return [column(([at]) => at), column(([, numbers]) => numbers.length), numbers];
  },
  exchangeText: (here, edits, there) => here.exchange_text(edits, there),
  exchangeItems: (here, [places, lengths, numbers], there) => here.exchange_numbers(places, lengths, numbers, there),
  replay: (here, edits) => here.replay(edits),
  text: (replica) => replica.text(),
  list: (replica) => Array.from(replica.numbers()),
  save: (replica) => replica.save(),
  apply: (replica, update) => replica.apply(update),
  free: (replica) => replica.free(),
};

function write(document, text, [at, size, inserted]) {
  document.transact(() => {
    if (size > 0) text.delete(at, size);
    if (inserted !== "") text.insert(at, inserted);
  });
}

// Makes changes, each of which gives an update, then gives all of them to the other one.
function exchange(here, there, changes, change) {
  const updates = [];
  const take = (update) => updates.push(update);
  here.on("update", take);
  changes.forEach(change);
  here.off("update", take);
  updates.forEach((update) => Y.applyUpdate(there, update));
  return sum(updates);
}

const yjs = {
  name: "yjs",
  create(id) {
    const document = new Y.Doc();
    document.clientID = id;
    return document;
  },
  edits: (edits) => edits,
  items: (inserts) => inserts,
  exchangeText(here, edits, there) {
    const text = here.getText("text");
    return exchange(here, there, edits, (edit) => write(here, text, edit));
  },
  exchangeItems(here, inserts, there) {
    const list = here.getArray("list");
    return exchange(here, there, inserts, ([at, numbers]) => list.insert(at, numbers));
  },
  replay(here, edits) {
    const text = here.getText("text");
    let notifications = 0;
    text.observe(() => notifications++);
    edits.forEach((edit) => write(here, text, edit));
    return notifications;
  },
  text: (document) => document.getText("text").toString(),
  list: (document) => document.getArray("list").toArray(),
  save: (document) => Y.encodeStateAsUpdate(document),
  apply: (document, update) => Y.applyUpdate(document, update),
  free: (document) => document.destroy(),
};

export const libraries = [synckit, yjs];
