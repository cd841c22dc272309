import type { Place } from "../place/place";

/** What people ask that is a view of its own, and no question of one thing: in the words of home, of the command line, and in theirs. */
const VIEWS: [words: RegExp, place: Partial<Place>][] = [
  [/^((who|what|which accounts?) (gets?|comes?|can get) in( from outside)?|who is outside|outside|border)$/, { view: "border", choices: {}, pick: null }],
  [/^((what|who) is public|outside --public|public|what can everyone (do|reach|read))$/, { view: "border", choices: { public: "true" }, pick: null }],
  [/^(what is (un|not )used|what is granted and not used|unused|trim)$/, { view: "trim", choices: {}, pick: null }],
  [/^(what is wrong|what are the findings|findings|check)$/, { view: "findings", choices: {}, pick: null }],
  [/^(what was (not )?seen|what is (missing|not seen)|snapshots( --coverage)?)$/, { view: "data", choices: {}, pick: null }],
  [/^(which policies are (shared|there)|policies)$/, { view: "policies", choices: {}, pick: null }],
];

/** The view that answers these words; null: they are a question, or none that is known. */
export function elsewhere(text: string): Partial<Place> | null {
  const words = text.trim().toLowerCase().replace(/[?.!]+$/, "").replace(/\s+/g, " ");
  return VIEWS.find(([known]) => known.test(words))?.[1] ?? null;
}
