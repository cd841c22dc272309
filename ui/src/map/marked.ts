import type { MapPage, MarksOfTwoPage, MarksPage } from "../api/map";
import { riskRank } from "../mark/Risk";

/** The map with the worst of what leads to each thing that matters as its mark, once that is known. Nothing moves for it. */
export function marked(page: MapPage, marks: MarksPage | null): MapPage {
  if (marks === null || marks.marks.length + marks.notes.length === 0) return page;
  const of = new Map(marks.marks.map((each) => [each.shape, each]));
  const shapes = page.shapes.map((shape) => {
    const led = of.get(shape.id);
    if (led === undefined) return shape;
    return { ...shape, mark: riskRank(led.mark) < riskRank(shape.mark) ? led.mark : shape.mark, sentence: `${shape.sentence}: ${led.sentence}`, asks: led.ask };
  });
  return { ...page, shapes, notes: [...(page.notes ?? []), ...marks.notes] };
}

/** The same where two states are one map, or where one of them is looked at. */
export function markedOfTwo(page: MapPage, marks: MarksOfTwoPage | null, side: "before" | "both" | "after"): MapPage {
  return marked(page, marks === null ? null : { schema: "clavicle.marks/1", marks: marks[side], notes: marks.notes });
}
