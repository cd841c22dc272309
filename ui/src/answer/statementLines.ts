import type { Citation, Mark } from "../api/answer";

/** One piece of a line: plain, or marked because it made the difference. */
export interface Piece {
  text: string;
  marked: boolean;
}

export interface StatementLine {
  number: number;
  pieces: Piece[];
  /** What the marks of this line mean, and the column each starts at. */
  notes: { column: number; text: string }[];
}

/** The cited statement line by line, without the indentation all its lines share. */
export function statementLines(citation: Pick<Citation, "text" | "line" | "marks">): StatementLine[] {
  const lines = citation.text.split(/\r\n|\r|\n/).map((text) => Array.from(text));
  const cuts = cutsOf(lines.map(indentOf));
  return lines.map((characters, index) => {
    const number = citation.line + index;
    const cut = Math.min(cuts[index] ?? 0, characters.length);
    const marks = citation.marks
      .filter((mark) => mark.line === number)
      .map((mark) => clamp(mark, cut, characters.length))
      .filter((mark) => mark.end > mark.start)
      .sort((a, b) => a.start - b.start);
    return { number, pieces: pieces(characters.slice(cut), marks), notes: marks.filter((mark) => mark.text !== "").map((mark) => ({ column: mark.start, text: mark.text })) };
  });
}

/**
 * How much to cut from each line. A statement is often cut out of its document at the brace, so that its first line has no
 * indentation while the others keep theirs; then the closing brace tells what the statement's own indentation was.
 */
function cutsOf(indents: number[]): number[] {
  const [first = 0, ...rest] = indents;
  const shared = Math.min(...rest);
  if (shared === Infinity) return indents.map(() => (first === Infinity ? 0 : first));
  if (first > 0) return indents.map(() => Math.min(first, shared));
  return indents.map((_, index) => (index === 0 ? 0 : Math.min(shared, rest.at(-1) ?? shared)));
}

function indentOf(characters: string[]): number {
  const index = characters.findIndex((character) => character !== " " && character !== "\t");
  return index < 0 ? Infinity : index;
}

function clamp(mark: Mark, cut: number, length: number): Mark {
  return { ...mark, start: Math.max(0, mark.start - cut), end: Math.max(0, Math.min(mark.end, length) - cut) };
}

function pieces(characters: string[], marks: Mark[]): Piece[] {
  const made: Piece[] = [];
  const add = (from: number, to: number, marked: boolean) => {
    if (to > from) made.push({ text: characters.slice(from, to).join(""), marked });
  };
  let at = 0;
  for (const mark of marks) {
    add(at, Math.max(at, mark.start), false);
    add(Math.max(at, mark.start), mark.end, true);
    at = Math.max(at, mark.end);
  }
  add(at, characters.length, false);
  return made;
}
