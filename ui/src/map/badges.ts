import type { MapPage, Ribbon } from "../api/map";
import { pointAlong, type Point } from "./path";

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Where along its line a badge may stand, best place first. */
const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];

/**
 * A place for the badge of each ribbon: where the server put its label if that is free, else the nearest point of its own
 * line that covers neither a shape nor an earlier badge. The same map always gives the same places.
 */
export function badgePlaces(page: MapPage, size: (ribbon: Ribbon) => { width: number; height: number } | null): Map<string, Point> {
  const taken: Box[] = page.shapes.map((shape) => ({ left: shape.x, top: shape.y, right: shape.x + shape.w, bottom: shape.y + shape.h }));
  const places = new Map<string, Point>();
  for (const ribbon of page.ribbons) {
    const wanted = size(ribbon);
    if (wanted === null) continue;
    const candidates = STOPS.map((stop) => pointAlong(ribbon.path, stop)).filter((point) => point !== null);
    if (ribbon.label !== null) candidates.unshift(ribbon.label);
    const best = leastCovered(candidates, wanted, taken);
    if (best === null) continue;
    places.set(ribbon.id, best);
    taken.push(around(best, wanted));
  }
  return places;
}

/** The lines whose letters would cover others: on a small screen text grows while its places stay. */
export function crowdedLetters(page: MapPage, grow: number): Set<string> {
  const taken: Box[] = page.shapes.map((shape) => ({ left: shape.x, top: shape.y, right: shape.x + shape.w, bottom: shape.y + shape.h }));
  const crowded = new Set<string>();
  for (const ribbon of page.ribbons) {
    const place = ribbon.letters_at;
    if (place === null || ribbon.letters === null) continue;
    const box = { left: place.x - Array.from(ribbon.letters).length * 7.4 * grow, top: place.y - 9 * grow, right: place.x, bottom: place.y + grow };
    if (taken.some((each) => overlap(box, each) > 0)) crowded.add(ribbon.id);
    else taken.push(box);
  }
  return crowded;
}

function leastCovered(candidates: Point[], size: { width: number; height: number }, taken: Box[]): Point | null {
  let best: Point | null = null;
  let least = Infinity;
  for (const point of candidates) {
    const box = around(point, size);
    const covered = taken.reduce((sum, each) => sum + overlap(box, each), 0);
    if (covered < least) {
      best = { x: point.x, y: point.y };
      least = covered;
    }
    if (covered === 0) break;
  }
  return best;
}

function around(point: Point, { width, height }: { width: number; height: number }): Box {
  return { left: point.x - width / 2, top: point.y - height / 2, right: point.x + width / 2, bottom: point.y + height / 2 };
}

function overlap(a: Box, b: Box): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}
