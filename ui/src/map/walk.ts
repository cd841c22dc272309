import type { MapPage, Ribbon, Shape } from "../api/map";

/** What has the focus on the map. */
export type Spot = { on: "shape"; id: string } | { on: "ribbon"; id: string };
export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

export function sameSpot(a: Spot | null, b: Spot | null): boolean {
  return a?.on === b?.on && a?.id === b?.id;
}

/**
 * The spot an arrow key leads to. Left and right follow lines: from a shape onto its line, from a line to the shape at that
 * end. Up and down go through the shapes of a band, or through the lines that leave (or reach) the same shape.
 * `came` is the shape a line was reached from.
 */
export function walk(page: MapPage, spot: Spot | null, arrow: Arrow, came: string | null): Spot | null {
  if (spot === null) return firstSpot(page);
  return spot.on === "shape" ? fromShape(page, spot.id, arrow) : fromRibbon(page, spot.id, arrow, came);
}

/** Where the keyboard enters the map: the first shape in reading order. */
export function firstSpot(page: MapPage): Spot | null {
  const first = [...page.shapes].sort((a, b) => a.x - b.x || a.y - b.y)[0];
  return first === undefined ? null : { on: "shape", id: first.id };
}

function fromShape(page: MapPage, id: string, arrow: Arrow): Spot | null {
  const shape = page.shapes.find((each) => each.id === id);
  if (shape === undefined) return firstSpot(page);
  if (arrow === "ArrowUp" || arrow === "ArrowDown") {
    const column = page.shapes.filter((each) => each.band === shape.band).sort(byHeight);
    const next = column[column.indexOf(shape) + (arrow === "ArrowDown" ? 1 : -1)];
    return { on: "shape", id: (next ?? shape).id };
  }
  const lines = arrow === "ArrowRight" ? leaving(page, id) : reaching(page, id);
  const line = lines[0];
  if (line !== undefined) return { on: "ribbon", id: line.id };
  return { on: "shape", id: (beside(page, shape, arrow) ?? shape).id };
}

function fromRibbon(page: MapPage, id: string, arrow: Arrow, came: string | null): Spot | null {
  const ribbon = page.ribbons.find((each) => each.id === id);
  if (ribbon === undefined) return firstSpot(page);
  if (arrow === "ArrowRight") return { on: "shape", id: ribbon.to };
  if (arrow === "ArrowLeft") return { on: "shape", id: ribbon.from };
  const siblings = came === ribbon.to ? reaching(page, ribbon.to) : leaving(page, ribbon.from);
  const next = siblings[siblings.indexOf(ribbon) + (arrow === "ArrowDown" ? 1 : -1)];
  return { on: "ribbon", id: (next ?? ribbon).id };
}

export function leaving(page: MapPage, id: string): Ribbon[] {
  return ordered(page, page.ribbons.filter((ribbon) => ribbon.from === id), (ribbon) => ribbon.to);
}

export function reaching(page: MapPage, id: string): Ribbon[] {
  return ordered(page, page.ribbons.filter((ribbon) => ribbon.to === id), (ribbon) => ribbon.from);
}

function ordered(page: MapPage, ribbons: Ribbon[], end: (ribbon: Ribbon) => string): Ribbon[] {
  const height = new Map(page.shapes.map((shape) => [shape.id, shape.y]));
  return [...ribbons].sort((a, b) => (height.get(end(a)) ?? 0) - (height.get(end(b)) ?? 0));
}

function byHeight(a: Shape, b: Shape): number {
  return a.y - b.y || a.x - b.x;
}

/** The nearest shape of the next band on that side. */
function beside(page: MapPage, shape: Shape, arrow: Arrow): Shape | undefined {
  const right = arrow === "ArrowRight";
  const far = page.shapes.filter((each) => each.band !== shape.band && (right ? each.x > shape.x : each.x < shape.x));
  const distance = (each: Shape) => Math.abs(each.x - shape.x) * 4 + Math.abs(each.y - shape.y);
  return far.sort((a, b) => distance(a) - distance(b))[0];
}

/** Everything that touches the spot: the lines of a shape and what is at their ends, or a line and its two ends. */
export function connected(page: MapPage, spot: Spot): Set<string> {
  const ids = new Set([spot.id]);
  for (const ribbon of page.ribbons) {
    const touches = spot.on === "ribbon" ? ribbon.id === spot.id : ribbon.from === spot.id || ribbon.to === spot.id;
    if (touches) {
      ids.add(ribbon.id);
      ids.add(ribbon.from);
      ids.add(ribbon.to);
    }
  }
  return ids;
}
