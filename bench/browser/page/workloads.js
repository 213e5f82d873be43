// What is written: the same for every library, from a seed.

const LETTERS = "etaoinshrdlucmfwypvbgkjqxz     .,\n0123456789";

// Numbers below a bound (mulberry32).
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

// crdt-benchmarks B1, texts: edits are [place, characters that go, characters that come].
export function texts(count, seed) {
  const random = chance(seed);
  const word = (length) => Array.from({ length }, () => LETTERS[random(LETTERS.length)]).join("");
  const line = word(count);
  const atRandom = (sizes) => {
    let length = 0;
    return Array.from({ length: count }, () => {
      const text = word(sizes());
      const edit = [random(length + 1), 0, text];
      length += text.length;
      return edit;
    });
  };
  const mixed = () => {
    let length = 0;
    return Array.from({ length: count }, () => {
      const at = random(length + 1);
      if (at === length || random(2) === 0) {
        const text = word(2 + random(9));
        length += text.length;
        return [at, 0, text];
      }
      const size = Math.min(1 + random(9), length - at);
      length -= size;
      return [at, size, ""];
    });
  };
  return [
    ["B1.1 append N characters", [...line].map((letter, at) => [at, 0, letter])],
    ["B1.2 insert a string of N", [[0, 0, line]]],
    ["B1.3 prepend N characters", [...line].map((letter) => [0, 0, letter])],
    ["B1.4 N characters at random", atRandom(() => 1)],
    ["B1.5 N words at random", atRandom(() => 2 + random(9))],
    ["B1.6 insert a string and delete it", [[0, 0, line], [0, count, ""]]],
    ["B1.7 insert and delete at random", mixed()],
  ];
}

// crdt-benchmarks B1, lists: [place, numbers that come].
export function lists(count, seed) {
  const random = chance(seed);
  const numbers = Array.from({ length: count }, () => random(2 ** 31));
  return [
    ["B1.8 append N numbers", numbers.map((number, at) => [at, [number]])],
    ["B1.9 insert N numbers", [[0, numbers]]],
    ["B1.10 prepend N numbers", numbers.map((number) => [0, [number]])],
    ["B1.11 N numbers at random", numbers.map((number, at) => [random(at + 1), [number]])],
  ];
}

// A recorded session of https://github.com/josephg/editing-traces: edits, and the text that they end with.
export async function recorded(name) {
  const answer = await fetch(`./${name}.json`);
  if (!answer.ok) return null;
  const { txns, startContent, endContent } = await answer.json();
  if (startContent !== "") throw new Error(`${name} does not begin with an empty text`);
  return [txns.flatMap((transaction) => transaction.patches), endContent];
}
