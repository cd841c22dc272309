import { expect, it } from "vitest";
import { STAGING_MAP as page } from "../mock/paperboat.mjs";
import type { Ribbon, Shape } from "../../src/api/map";
import { bandOfFold, foldId, folded, linesOf } from "../../src/map/folded";
import { pointAlong } from "../../src/map/path";
import { seenOf } from "../../src/map/seen";

const bands = [...new Set(page.shapes.map((shape) => shape.band))].filter((band) => page.shapes.filter((shape) => shape.band === band).length > 1);

it("folds a band into one shape, and leaves every other shape where it is", () => {
  for (const band of bands) {
    const seen = folded(page, [band], []);
    const fold = seen.shapes.filter((shape) => bandOfFold(shape.id) === band);
    expect(fold).toHaveLength(1);
    expect(fold[0]?.members).toHaveLength(page.shapes.filter((shape) => shape.band === band).length);
    for (const shape of page.shapes.filter((each) => each.band !== band)) expect(seen.shapes).toContainEqual(shape);
  }
});

it("counts every pair of the lines that a folded band stands for, once", () => {
  for (const band of bands) {
    const inside = new Set(page.shapes.filter((shape) => shape.band === band).map((shape) => shape.id));
    const seen = folded(page, [band], []);
    const pairs = (ribbons: typeof page.ribbons) => ribbons.reduce((sum, ribbon) => sum + ribbon.count, 0);
    const within = page.ribbons.filter((ribbon) => inside.has(ribbon.from) && inside.has(ribbon.to));
    expect(pairs(seen.ribbons)).toBe(pairs(page.ribbons) - pairs(within));
    // No line ends at a shape that is not there, and the table has the same lines.
    const there = new Set(seen.shapes.map((shape) => shape.id));
    expect(seen.ribbons.every((ribbon) => there.has(ribbon.from) && there.has(ribbon.to))).toBe(true);
    expect(new Set(seen.rows.map((row) => row.ribbon))).toEqual(new Set(seen.ribbons.map((ribbon) => ribbon.id)));
    for (const ribbon of seen.ribbons) {
      const parts = linesOf(seen, ribbon.id);
      if (parts !== null) expect(pairs(parts)).toBe(ribbon.count);
    }
  }
});

it("leads lines by the shapes of the bands between, and not through them", () => {
  const shape = (id: string, band: string, y: number) => ({ ...page.shapes[0], id, label: id, band, x: { a: 0, b: 200, c: 400 }[band] ?? 0, y, w: 100, h: 30, members: [id] }) as Shape;
  const middle = [0, 40, 80, 120, 160].map((y, index) => shape(`b${index}`, "b", y));
  const shapes = [shape("a", "a", 80), ...middle, shape("c1", "c", 60), shape("c2", "c", 100)];
  const bands = ["a", "b", "c"].map((id, index) => ({ id, label: id, x: index * 200, width: 100 }));
  for (const [from, to] of [["a", "c1"], ["c1", "a"]] as const) {
    const ribbons = [{ ...page.ribbons[0], id: "r", from, to, relation: "becomes", count: 1 } as Ribbon];
    const [line] = folded({ ...page, bands, shapes, ribbons, rows: [] }, ["c"], []).ribbons;
    const within = Array.from({ length: 201 }, (_, at) => pointAlong(line?.path ?? "", at / 200)).filter((point) => point !== null && point.x >= 200 && point.x <= 300);
    expect(within.length).toBeGreaterThan(20);
    for (const point of within) expect(middle.some(({ y, h }) => (point?.y ?? 0) > y && (point?.y ?? 0) < y + h), JSON.stringify(point)).toBe(false);
  }
});

it("keeps what is pinned out of the fold, and what is hidden out of all", () => {
  const [band = ""] = bands;
  const [kept, hidden] = page.shapes.filter((shape) => shape.band === band);
  if (kept === undefined || hidden === undefined) throw new Error("the mock has no band of two");
  const seen = seenOf(page, { hidden: [hidden.id], folded: [band], pinned: [kept.id] });
  expect(seen.shapes).toContainEqual(kept);
  expect(seen.shapes.some((shape) => shape.id === hidden.id || shape.members.includes(hidden.label))).toBe(false);
});

it("unfolds to the very same map", () => {
  expect(seenOf(page, { hidden: [], folded: [], pinned: [] })).toEqual(page);
  expect(bandOfFold(foldId("things"))).toBe("things");
});

it("never tells lines on a condition as one without, and never the other way around", () => {
  const of = (conditions: (string | null)[]) => {
    const [left, ...right] = ["identities:a", "things:b", "things:c"].map((id, index) => ({ ...page.shapes[0], id, label: id, band: index === 0 ? "identities" : "things", members: [id] }) as Shape);
    const ribbons = right.map((to, index) => ({ ...page.ribbons[0], id: `r${index}`, from: left?.id ?? "", to: to.id, relation: "touches", count: 1, if: conditions[index] ?? null }) as Ribbon);
    const bands = ["identities", "things"].map((id) => ({ id, label: id, x: 0, width: 10 }));
    const [line] = folded({ ...page, bands, shapes: left === undefined ? [] : [left, ...right], ribbons, rows: [] }, ["things"], []).ribbons;
    return [line?.if, line?.sentence.replace(/^.*pairs/, "")];
  };
  expect(of(["MFA", "MFA"])).toEqual(["MFA", ", if MFA"]);
  expect(of(["MFA", "ExternalId"])).toEqual(["their conditions hold", ", if their conditions hold"]);
  expect(of(["MFA", null])).toEqual([null, ", some only under conditions"]);
  expect(of([null, null])).toEqual([null, ""]);
});
