import type { MapPage, MarksPage } from "../api/map";
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
