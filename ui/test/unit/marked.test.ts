import { expect, it } from "vitest";
import { marked, markedOfTwo } from "../../src/map/marked";
import { STAGING_MAP as page } from "../mock/paperboat.mjs";

const marks = (mark: "critical" | "low" | null, shape: string) => ({ schema: "clavicle.marks/1" as const, marks: [{ shape, mark, chains: 3, sentence: "3 chains lead here", ask: "who can read s3://x" }], notes: ["Chains were looked for to 1 of 2 things that matter."] });

it("gives a shape the worst mark, its words and its question, and moves nothing", () => {
  const shape = page.shapes.find((each) => each.mark === null);
  if (shape === undefined) throw new Error("every shape has a mark");
  const seen = marked(page, marks("critical", shape.id));
  expect(seen.shapes.find((each) => each.id === shape.id)).toEqual({ ...shape, mark: "critical", sentence: `${shape.sentence}: 3 chains lead here`, asks: "who can read s3://x" });
  expect(seen.shapes.filter((each) => each.id !== shape.id)).toEqual(page.shapes.filter((each) => each.id !== shape.id));
  expect([seen.ribbons, seen.notes?.at(-1)]).toEqual([page.ribbons, "Chains were looked for to 1 of 2 things that matter."]);
});

it("makes no mark less bad, and none where nothing leads there", () => {
  const bad = page.shapes.find((each) => each.mark === "critical");
  const plain = page.shapes.find((each) => each.mark === null);
  expect(marked(page, marks("low", bad?.id ?? "")).shapes.find((each) => each.id === bad?.id)?.mark).toBe("critical");
  expect(marked(page, marks(null, plain?.id ?? "")).shapes.find((each) => each.id === plain?.id)?.mark).toBeNull();
  expect(marked(page, null)).toBe(page);
});

it("gives a map of two states the marks of both, and of one of them its own", () => {
  const shape = page.shapes.find((each) => each.mark === null);
  if (shape === undefined) throw new Error("every shape has a mark");
  const [before, after, both] = ["before", "after", "both"].map((sentence) => marks(null, shape.id).marks.map((each) => ({ ...each, sentence })));
  if (before === undefined || after === undefined || both === undefined) throw new Error("no mark");
  const two = { schema: "clavicle.marks-of-two/1" as const, before, after, both, notes: [] };
  const seen = (side: "before" | "both" | "after") => markedOfTwo(page, two, side).shapes.find((each) => each.id === shape.id)?.sentence;
  expect([seen("before"), seen("both"), seen("after")]).toEqual(["before", "both", "after"].map((side) => `${shape.sentence}: ${side}`));
  expect(markedOfTwo(page, null, "both")).toBe(page);
});
