// Runs every case with every library, each round in another order, and returns the figures of each round.

import { libraries, start } from "./libraries.js";
import { lists, recorded, texts } from "./workloads.js";

const RECORDED = "automerge-paper";

function timed(piece) {
  const begin = performance.now();
  const result = piece();
  return [performance.now() - begin, result];
}

function check(what, one, other) {
  if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error(`${what}: another result`);
}

// One person writes, another one receives every change, a third one loads what was stored.
function exchanged(library, prepared, exchange, read, changes) {
  const [here, there, third] = [1, 2, 3].map(library.create);
  const [time, sent] = timed(() => exchange(here, prepared, there));
  const result = read(here);
  check(library.name, read(there), result);
  const stored = library.save(here);
  const [loading] = timed(() => {
    library.apply(third, stored);
    read(third);
  });
  check(library.name, read(third), result);
  [here, there, third].forEach(library.free);
  const figures = { time, "bytes of an update": sent / changes, "stored bytes": stored.length, "load, time": loading };
  return [figures, result];
}

function cases(count, seed) {
  const text = texts(count, seed).map(([name, edits]) => [
    name,
    (library) => library.edits(edits),
    (library, prepared) => exchanged(library, prepared, library.exchangeText, library.text, edits.length),
  ]);
  const list = lists(count, seed).map(([name, inserts]) => [
    name,
    (library) => library.items(inserts),
    (library, prepared) => exchanged(library, prepared, library.exchangeItems, library.list, inserts.length),
  ]);
  return [...text, ...list];
}

function replay([edits, end]) {
  return [
    `${RECORDED}, an edit a transaction, followed`,
    (library) => library.edits(edits),
    (library, prepared) => {
      const [here, third] = [library.create(1), library.create(2)];
      const [time, notifications] = timed(() => library.replay(here, prepared));
      if (notifications < edits.length) throw new Error(`${library.name} told of ${notifications} changes`);
      const stored = library.save(here);
      const [loading] = timed(() => {
        library.apply(third, stored);
        library.text(third);
      });
      check(library.name, library.text(third), end);
      const result = library.text(here);
      [here, third].forEach(library.free);
      return [{ time, "stored bytes": stored.length, "load, time": loading }, result];
    },
  ];
}

// Lets the page breathe, so that nothing that was left over is paid for by the next one.
const breathe = () => new Promise((resolve) => setTimeout(resolve, 5));

export async function run({ count, seed, rounds }) {
  await start();
  const session = await recorded(RECORDED);
  const all = [...cases(count, seed), ...(session ? [replay(session)] : [])];
  const rows = [];
  for (const [name, prepare, play] of all) {
    const prepared = new Map(libraries.map((library) => [library, prepare(library)]));
    const figures = new Map(libraries.map((library) => [library.name, []]));
    let expected;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < libraries.length; turn++) {
        const library = libraries[(round + turn) % libraries.length];
        const [cost, result] = play(library, prepared.get(library));
        expected ??= result;
        check(`${name}, ${library.name}`, result, expected);
        figures.get(library.name).push(cost);
        await breathe();
      }
    }
    rows.push({ name, figures: Object.fromEntries(figures) });
  }
  return rows;
}
