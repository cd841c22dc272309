import type { ChainMark, MapPage, MarksOfTwoPage, MarksPage } from "../api/map";
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

/**
 * The same where two states are one map. Of one of them its own marks; of both the worst, in words what it was and what it is,
 * where that is not the same.
 */
export function markedOfTwo(page: MapPage, marks: MarksOfTwoPage | null, side: "before" | "both" | "after"): MapPage {
  if (marks === null) return page;
  const alone = side === "both" ? null : marks[side];
  return marked(page, { schema: "clavicle.marks/1", marks: alone ?? both(marks), notes: marks.notes });
}

function both({ before, after }: MarksOfTwoPage): ChainMark[] {
  const shapes = [...new Set([...after, ...before].map(({ shape }) => shape))];
  return shapes.flatMap((shape) => {
    const [was, is] = [before, after].map((each) => each.find((mark) => mark.shape === shape));
    const one = is ?? was;
    if (one === undefined) return [];
    if (was?.sentence === is?.sentence) return [{ ...one, sentence: `${one.sentence}, before and after` }];
    const worst = riskRank(was?.mark ?? null) < riskRank(is?.mark ?? null) ? was : is;
    // On one side it may not be there.
    const told = [was && `before, ${was.sentence}`, is && `after, ${is.sentence}`].filter(Boolean).join("; ");
    return [{ ...one, mark: worst?.mark ?? null, sentence: told }];
  });
}
