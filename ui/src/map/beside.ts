import type { CellsPage } from "../api/map";
import { visible } from "../text/visible";
import { accessWords } from "./MapTable";

/** What stands in a cell beside its lines, and the question that tells why. */
export interface Beside {
  text: string;
  /** In words, without who and what. */
  words: string;
  ask: string;
}

/** By row and column, both by their shapes: letters that are got to in as many steps stand together, and so do those that are denied. */
export function besideLines(cells: CellsPage | null): Map<string, Beside[]> {
  const found = new Map<string, Beside[]>();
  const groups = new Map<string, { letters: string; make: (letters: string) => Beside; at: string }>();
  const add = (at: string, kind: string, letter: string, make: (letters: string) => Beside) => {
    const key = `${at}\n${kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { letters: letter, make, at });
    else group.letters += letter;
  };
  for (const { row, column, letter, steps, verdict, ask } of cells?.by_others ?? []) {
    add(`${row} ${column}`, `${steps} ${verdict}`, letter, (letters) => {
      const mark = `${raised(steps)}${letters}`;
      const sure = verdict === "depends" ? ", if conditions hold" : verdict === "unknown" ? ", if what was not seen lets them" : "";
      return { text: verdict === "depends" ? `[${mark}]` : verdict === "unknown" ? `${mark}~` : mark, words: `${accessWords(letters)} in ${steps} steps, by way of others${sure}`, ask };
    });
  }
  for (const { row, column, letter, ask } of cells?.denied ?? []) {
    add(`${row} ${column}`, "denied", letter, (letters) => ({ text: `✕${letters}`, words: `${accessWords(letters)} is granted and denied by name`, ask }));
  }
  for (const { at, letters, make } of groups.values()) {
    const beside = make(letters);
    found.set(at, [...(found.get(at) ?? []), { ...beside, words: visible(beside.words) }]);
  }
  return found;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function raised(count: number): string {
  return [...String(count)].map((digit) => RAISED[Number(digit)] ?? digit).join("");
}
