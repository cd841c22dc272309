import type { MapPage, Ribbon, Shape } from "../api/map";
import { riskRank } from "../mark/Risk";
import { counted, number } from "../text/count";

/** What the ids of folded bands and of their lines begin with; the program gives no such id. */
const FOLD = "fold:";
const LETTERS = "LRWDXC";
/** So far apart are lines of several relations between the same two. */
const APART = 7;

/** The shape that stands for a folded band. */
export function foldId(band: string): string {
  return FOLD + band;
}

/** The band that a shape stands for, if it is a folded one. */
export function bandOfFold(shape: string): string | null {
  return shape.startsWith(FOLD) ? shape.slice(FOLD.length) : null;
}

/** A line that stands for several of the map: those. Null: it is a line of the map. */
export function linesOf(page: MapPage, ribbon: string): Ribbon[] | null {
  return page.ribbons.find((each) => each.id === ribbon)?.parts ?? null;
}

/**
 * The map with some bands folded: what is not pinned stands together in one shape, in the place of the middle one. Every other
 * shape stays where it is. A line of a folded band stands for all that join it with one other shape in one relation, and
 * counts their pairs; lines within it are not drawn.
 */
export function folded(page: MapPage, bands: string[], pinned: string[]): MapPage {
  const stays = new Set(pinned);
  const into = new Map<string, string>();
  const made: Shape[] = [];
  for (const band of page.bands.filter((each) => bands.includes(each.id))) {
    const inside = page.shapes.filter((shape) => shape.band === band.id && !stays.has(shape.id));
    if (inside.length < 2) continue;
    inside.forEach((shape) => into.set(shape.id, foldId(band.id)));
    made.push(foldShape(band, inside));
  }
  if (made.length === 0) return page;
  const shapes = [...page.shapes.filter((shape) => !into.has(shape.id)), ...made];
  const places = new Map(shapes.map((shape) => [shape.id, shape]));
  const ends = (ribbon: Ribbon): [string, string] => [into.get(ribbon.from) ?? ribbon.from, into.get(ribbon.to) ?? ribbon.to];
  const kept: Ribbon[] = [];
  const joined = new Map<string, Ribbon[]>();
  for (const ribbon of page.ribbons) {
    const [from, to] = ends(ribbon);
    if (from === ribbon.from && to === ribbon.to) kept.push(ribbon);
    else if (from !== to) {
      const key = `${FOLD}${ribbon.relation}|${from}|${to}`;
      joined.set(key, [...(joined.get(key) ?? []), ribbon]);
    }
  }
  // Lines of several relations between the same two stand beside each other.
  const beside = new Map<string, number>();
  const lines = [...joined]
    .map(([id, parts]) => {
      const key = parts[0] === undefined ? "" : ends(parts[0]).join("|");
      const at = beside.get(key) ?? 0;
      beside.set(key, at + 1);
      return joinedLine(id, parts, ends, places, at, (from, to, aside) => curve({ bands: page.bands, shapes }, from, to, aside));
    })
    .filter((line) => line !== null);
  const ribbons = [...kept, ...lines];
  const left = new Set(kept.map((ribbon) => ribbon.id));
  const rows = [
    ...page.rows.filter((row) => left.has(row.ribbon)),
    ...lines.map((line) => ({ from: places.get(line.from)?.label ?? "", relation: line.relation, to: places.get(line.to)?.label ?? "", count: line.count, if: line.if, mark: line.mark, ribbon: line.id })),
  ];
  return { ...page, shapes, ribbons, rows };
}

function foldShape(band: MapPage["bands"][number], inside: Shape[]): Shape {
  const byHeight = [...inside].sort((a, b) => a.y - b.y);
  const middle = byHeight[Math.floor(byHeight.length / 2)] as Shape;
  const count = inside.reduce((sum, shape) => sum + Math.max(1, shape.count), 0);
  const worst = [...inside].sort((a, b) => riskRank(a.mark) - riskRank(b.mark))[0];
  return {
    ...middle,
    id: foldId(band.id),
    kind: "more",
    label: counted(inside.length, "shape"),
    sub: null,
    count,
    service: null,
    equal: false,
    outline: inside.some((shape) => shape.outline === "wavy") ? "wavy" : "solid",
    known: null,
    mark: worst?.mark ?? null,
    crown: null,
    account: null,
    unit: null,
    members: inside.map((shape) => shape.label),
    sentence: `${band.label.toLowerCase()}, folded: ${counted(inside.length, "shape")} that stand for ${number(count)}`,
  };
}

/** One line for several: all of their pairs, the worst of their marks, a condition only where none holds without. */
function joinedLine(id: string, parts: Ribbon[], ends: (ribbon: Ribbon) => [string, string], places: Map<string, Shape>, at: number, path: (from: Shape, to: Shape, aside: number) => string): Ribbon | null {
  const [first] = parts;
  if (first === undefined) return null;
  const [from, to] = ends(first);
  const [start, end] = [places.get(from), places.get(to)];
  if (start === undefined || end === undefined) return null;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const letters = LETTERS.split("").filter((letter) => parts.some((part) => (part.letters ?? "").includes(letter))).join("");
  const [worst] = [...parts].sort((a, b) => riskRank(a.mark) - riskRank(b.mark));
  return {
    ...first,
    id,
    from,
    to,
    count,
    letters: letters === "" ? null : letters,
    letters_at: letters === "" ? null : { x: end.x > start.x ? end.x - 8 : end.x + end.w + 34, y: end.y + end.h / 2 - 4 },
    width: Math.max(...parts.map((part) => part.width)),
    mark: worst?.mark ?? null,
    if: joinedCondition(parts),
    unseen: parts.every((part) => part.unseen),
    path: path(start, end, (at % 2 === 0 ? 1 : -1) * Math.ceil(at / 2) * APART),
    label: null,
    sentence: parts.length === 1 ? first.sentence : `${start.label} → ${end.label}, ${first.relation}: ${counted(parts.length, "line")} that stand for ${counted(count, "pair")}${conditionWords(parts)}`,
    parts,
  };
}

/** What the sentence of a joined line says of conditions: a line on a condition is never told as one without. */
function conditionWords(parts: Ribbon[]): string {
  const condition = joinedCondition(parts);
  if (condition !== null) return `, if ${condition}`;
  return parts.some((part) => part.if !== null) ? ", some only under conditions" : "";
}

/** Under which conditions all of these lines hold; null: some pair of them holds without one. */
function joinedCondition(parts: Ribbon[]): string | null {
  const conditions = new Set(parts.map((part) => part.if));
  if (conditions.has(null)) return null;
  return conditions.size === 1 ? (parts[0]?.if ?? null) : "their conditions hold";
}

/** So far above and below a shape a line passes by it. */
const CLEAR = 4;

/** Out of one shape level, into the other level, and by the shapes of the bands between them: through one, a line seems to end there. */
function curve(map: Pick<MapPage, "bands" | "shapes">, from: Shape, to: Shape, aside: number): string {
  const rightward = to.x >= from.x;
  const x1 = rightward ? from.x + from.w : from.x;
  const x2 = rightward ? to.x : to.x + to.w;
  const [y1, y2] = [from.y + from.h / 2 + aside, to.y + to.h / 2 + aside];
  // Within one band the line bends out to the right and back.
  if (from.band === to.band) return `M ${from.x + from.w} ${y1} C ${from.x + from.w + 30} ${y1} ${to.x + to.w + 30} ${y2} ${to.x + to.w} ${y2}`;
  const bands = map.bands.map((band) => band.id);
  const [first, last] = [bands.indexOf(from.band), bands.indexOf(to.band)];
  const between = map.bands.slice(Math.min(first, last) + 1, Math.max(first, last));
  if (!rightward) between.reverse();
  let path = `M ${x1} ${y1}`;
  let [x, y] = [x1, y1];
  const bend = (toX: number, toY: number) => {
    const half = (toX - x) / 2;
    path += ` C ${x + half} ${y} ${toX - half} ${toY} ${toX} ${toY}`;
    [x, y] = [toX, toY];
  };
  for (const band of between) {
    const near = rightward ? band.x : band.x + band.width;
    const straight = y1 + ((y2 - y1) * (near + band.width / 2 - x1)) / (x2 - x1 || 1);
    bend(near, lane(map.shapes.filter((shape) => shape.band === band.id), straight));
    x = rightward ? band.x + band.width : band.x;
    path += ` L ${x} ${y}`;
  }
  bend(x2, y2);
  return path;
}

/** The height nearest to the wanted one at which no shape of a band is. */
function lane(shapes: Shape[], wanted: number): number {
  const isFree = (y: number) => shapes.every((shape) => y <= shape.y - CLEAR || y >= shape.y + shape.h + CLEAR);
  const heights = [wanted, ...shapes.flatMap((shape) => [shape.y - CLEAR, shape.y + shape.h + CLEAR])].filter(isFree);
  return heights.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
}
