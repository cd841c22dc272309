import type { Asked } from "../api/answer";
import { address } from "../api/call";
import type { Question } from "../place/place";

/** What stands in the four boxes. */
export interface Boxes {
  by: string;
  do: string;
  on: string;
  when: string;
}

export const EMPTY: Boxes = { by: "", do: "", on: "", when: "" };

/** Words that leave a box open: they are what is asked for. */
const OPEN = new Set(["", "anyone", "anything"]);

/** The boxes as a question, or null where nothing is said. */
export function boxesQuestion(boxes: Boxes): Question | null {
  const by = boxes.by.trim();
  const on = boxes.on.trim();
  if (OPEN.has(by) && OPEN.has(on)) return null;
  return { in: "boxes", by, do: boxes.do.trim(), on, when: boxes.when.split(/\s+/).filter((each) => each !== "") };
}

/** The boxes that show a question the program understood. */
export function boxesOf(asked: Asked): Boxes {
  const when = Object.entries(asked.when ?? {}).flatMap(([key, values]) => values.map((value) => `${key}=${value}`));
  return { by: asked.by ?? "", do: asked.do ?? "", on: asked.on ?? "", when: when.join(" ") };
}

/** The call that asks: an empty box is the question, so the boxes decide the verb. */
export function askAddress(question: Question, wantsCut = false): string {
  const cut = wantsCut ? "true" : null;
  if (question.in === "words") return address("ask", { text: question.text, cut });
  const by = OPEN.has(question.by) ? null : question.by;
  const on = OPEN.has(question.on) ? null : question.on;
  const verb = by === null ? "who" : on === null ? "what" : "can";
  const action = question.do === "" ? (verb === "what" ? null : "read") : question.do;
  return address("ask", { verb, by, do: action, on, when: question.when, cut });
}

/** A question as a person would write it, for titles and for the line of text. */
export function questionText(question: Question): string {
  if (question.in === "words") return question.text;
  const when = question.when.length === 0 ? "" : ` when ${question.when.join(" ")}`;
  const action = question.do === "" ? "read" : question.do;
  if (OPEN.has(question.by)) return `who can ${action} ${question.on}${when}`;
  if (OPEN.has(question.on)) return `what can ${question.by} ${question.do === "" ? "do" : question.do}${when}`;
  return `can ${question.by} ${action} ${question.on}${when}`;
}
