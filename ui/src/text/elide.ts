/** Shortens to at most `most` characters by cutting the middle: both ends of a name tell names apart. */
export function elide(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const kept = Math.max(0, most - 1);
  const tail = Math.floor(kept * 0.45);
  const head = kept - tail;
  return `${characters.slice(0, head).join("")}…${tail === 0 ? "" : characters.slice(-tail).join("")}`;
}

/** Shortens every run of more than `most` characters without a space: names need not end, and a sentence of one would fill the page. */
export function elideRuns(text: string, most: number): string {
  return text.replace(/\S+/gu, (run) => elide(run, most));
}

/** A run that is not longer is a word, and no name. */
const MOST_OF_A_WORD = 20;
/** Where no name is longer, lines are broken between words, and more goes into two of them. */
const USUAL_NAME = 32;
/** Names are not made shorter than this, however many there are. */
const LEAST_OF_A_NAME = 14;

/** Shortens the names of each sentence, the longest first, until it has at most `most` characters: what it says stays to be read. */
export function elideSentence(text: string, most: number, mostOfARun: number): string {
  return text.split(/(?<=[.!?]\s)/u).map((sentence) => elideOne(sentence, most, mostOfARun)).join("");
}

function elideOne(text: string, most: number, mostOfARun: number): string {
  const short = elideRuns(text, mostOfARun);
  const lengths = (short.match(/\S+/gu) ?? []).map((run) => Array.from(run).length);
  const all = Array.from(short).length;
  const names = lengths.filter((length) => length > MOST_OF_A_WORD);
  if (all <= most || Math.max(0, ...names) <= USUAL_NAME) return short;
  const room = most - (all - names.reduce((sum, length) => sum + length, 0));
  let cap = Math.max(...names, LEAST_OF_A_NAME);
  while (cap > LEAST_OF_A_NAME && names.reduce((sum, length) => sum + Math.min(length, cap), 0) > room) cap -= 1;
  return short.replace(/\S+/gu, (run) => (Array.from(run).length > MOST_OF_A_WORD ? elide(run, cap) : run));
}

/** Words of a sentence, as many as fit into `width` pixels: its beginning says more than both of its ends. */
export function beginningOf(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const characters = Array.from(text);
  let most = characters.length - 1;
  while (most > 0 && measure(`${characters.slice(0, most).join("").trimEnd()}…`) > width) most -= 1;
  return `${characters.slice(0, most).join("").trimEnd()}…`;
}

/** Shortens to what fits into `width` pixels, as `measure` sees it. */
export function elideToWidth(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  let low = 1;
  let high = Array.from(text).length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(elide(text, middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return elide(text, low);
}
