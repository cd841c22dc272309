import type { MapPage, Ribbon, Shape } from "../api/map";

/** The map with some of its shapes and lines, in the drawing and in the table beside it; every one stays where it is. */
export function keep(page: MapPage, shapes: Shape[], ribbons: Ribbon[]): MapPage {
  const left = new Set(ribbons.map((each) => each.id));
  return { ...page, shapes, ribbons, rows: page.rows.filter((each) => left.has(each.ribbon)) };
}
