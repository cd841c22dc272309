// @ts-check
/** Places shapes in bands and draws the lines between them, so that the mock has maps of a realistic kind. */

/** @typedef {import("../../src/api/map").Shape} Shape */
/** @typedef {import("../../src/api/map").Ribbon} Ribbon */
/** @typedef {import("../../src/api/map").MapPage} MapPage */
/** @typedef {Partial<Shape> & { id: string, kind: Shape["kind"], label: string }} ShapeInput */
/** @typedef {Partial<Ribbon> & { from: string, to: string, relation: Ribbon["relation"] }} RibbonInput */

/**
 * @param {{ level: MapPage["level"], title: string, crumbs: MapPage["crumbs"], width: number,
 *   bands: { id: string, label: string, width: number, gap?: number, shapes: ShapeInput[] }[], rowHeight: number, shapeHeight: number,
 *   ribbons: RibbonInput[], tray?: MapPage["tray"] }} plan
 * @returns {MapPage}
 */
export function lay(plan) {
  /** @type {Shape[]} */
  const shapes = [];
  const tallest = Math.max(1, ...plan.bands.map((band) => band.shapes.length));
  const height = Math.max(420, 44 + tallest * plan.rowHeight);
  const spare = plan.width - plan.bands.reduce((sum, band) => sum + band.width, 0);
  const gap = plan.bands.length > 1 ? spare / (plan.bands.length - 1) : 0;
  let x = 0;
  const bands = plan.bands.map((band) => {
    const place = { id: band.id, label: band.label, x, width: band.width };
    const top = 44 + ((height - 44) - band.shapes.length * plan.rowHeight) / 2;
    band.shapes.forEach((shape, index) => {
      const count = shape.count ?? 1;
      shapes.push({
        band: band.id, sub: null, count, equal: true, x: place.x, y: Math.round(top + index * plan.rowHeight), w: band.width, h: plan.shapeHeight,
        service: null, outline: count > 1 ? "double" : "solid", known: null, mark: null, crown: null, account: null, unit: null, members: [],
        sentence: `${shape.label}${count > 1 ? `, ${count} equal` : ""}${shape.sub ? `, ${shape.sub}` : ""}`, ...shape,
      });
    });
    x += band.width + gap;
    return place;
  });
  const at = new Map(shapes.map((shape) => [shape.id, shape]));
  const ribbons = plan.ribbons.map((input) => ribbon(input, at, plan.ribbons));
  return {
    schema: "clavicle.map/1", level: plan.level, title: plan.title, crumbs: plan.crumbs, width: plan.width, height, bands, shapes, ribbons, tray: plan.tray ?? [],
    rows: ribbons.map((each) => ({
      from: at.get(each.from)?.label ?? each.from, relation: each.relation, to: at.get(each.to)?.label ?? each.to, count: each.count, if: each.if, mark: each.mark, ribbon: each.id,
    })),
    matrix: matrix(shapes, bands, ribbons),
  };
}

/**
 * @param {RibbonInput} input
 * @param {Map<string, Shape>} at
 * @param {RibbonInput[]} all
 * @returns {Ribbon}
 */
function ribbon(input, at, all) {
  const from = at.get(input.from);
  const to = at.get(input.to);
  if (!from || !to) throw new Error(`no shape for ${input.from} or ${input.to}`);
  const count = input.count ?? 1;
  const spread = (/** @type {Shape} */ shape, /** @type {RibbonInput[]} */ group) => shape.y + (shape.h * (group.indexOf(input) + 1)) / (group.length + 1);
  const y1 = spread(from, all.filter((each) => each.from === input.from));
  const y2 = spread(to, all.filter((each) => each.to === input.to));
  const same = from.band === to.band;
  const x1 = from.x + from.w;
  const x2 = same ? to.x + to.w : to.x;
  const bend = same ? 46 : Math.max(30, (x2 - x1) / 2);
  const path = `M ${x1} ${round(y1)} C ${round(x1 + bend)} ${round(y1)} ${round(same ? x2 + bend : x2 - bend)} ${round(y2)} ${x2} ${round(y2)}`;
  const text = count > 1 ? `×${count}` : "";
  const label = text || input.mark || input.if ? { x: round((x1 + x2) / 2 + (same ? bend * 0.75 : 0)), y: round((y1 + y2) / 2), text } : null;
  return {
    id: `${input.relation}|${input.from}|${input.to}`, count, letters: null, letters_at: input.letters ? { x: round(x2 - 6), y: round(y2 - 4) } : null, width: round(1.2 + Math.log2(count) * 0.6), mark: null, if: null, unseen: false, path, label,
    sentence: `${from.label} ${input.relation} ${to.label}`, ...input,
  };
}

/**
 * @param {Shape[]} shapes
 * @param {{ id: string, label: string }[]} bands
 * @param {Ribbon[]} ribbons
 */
function matrix(shapes, bands, ribbons) {
  const lanes = (/** @type {"from" | "to"} */ end) => shapes.filter((shape) => ribbons.some((each) => each[end] === shape.id)).map((shape) => ({ shape: shape.id, band: bands.find((band) => band.id === shape.band)?.label ?? "", service: null, unseen: shape.outline === "wavy" }));
  const [rows, columns] = [lanes("from"), lanes("to")];
  const cells = ribbons.map((each) => ({
    row: rows.findIndex((lane) => lane.shape === each.from), column: columns.findIndex((lane) => lane.shape === each.to),
    lines: [{ ribbon: each.id, relation: each.relation, letters: each.letters ?? "", conditional: each.if !== null, unseen: each.unseen, count: each.count }],
  }));
  return { rows, columns, cells, dense: false };
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
