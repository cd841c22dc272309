/** Where a line is and which way it points, read from the path the server computed. */

export interface Point {
  x: number;
  y: number;
}

export interface RibbonEnd {
  end: Point;
  /** Direction at the end, in degrees, as `rotate()` takes it. */
  angle: number;
}

/** Where the line ends and from where it comes in. Reads absolute `M`, `L`, `C`, `Q`, `H` and `V` commands; null when there is nothing to draw. */
export function ribbonEnd(path: string): RibbonEnd | null {
  const last = segmentsOf(path).at(-1);
  const end = last?.at(-1);
  if (last === undefined || end === undefined) return null;
  const before = [...last].reverse().find((point) => Math.hypot(point.x - end.x, point.y - end.y) > 0.01) ?? { x: end.x - 1, y: end.y };
  return {
    end,
    angle: (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI,
  };
}

/** The point at `share` of the way, each segment counted as equally long. */
export function pointAlong(path: string, share: number): Point | null {
  const segments = segmentsOf(path);
  if (segments.length === 0) return null;
  const way = Math.min(Math.max(share, 0), 1) * segments.length;
  const index = Math.min(Math.floor(way), segments.length - 1);
  return at(segments[index] ?? [], way - index);
}

/** Each segment as the points of its Bézier curve: two, three or four. */
function segmentsOf(path: string): Point[][] {
  const tokens = path.match(/[a-zA-Z]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?/g) ?? [];
  const segments: Point[][] = [];
  let current: Point = { x: 0, y: 0 };
  let command = "";
  let index = 0;
  const next = () => Number(tokens[index++] ?? "0");
  const point = (): Point => ({ x: next(), y: next() });
  while (index < tokens.length) {
    if (/[a-zA-Z]/.test(tokens[index] ?? "")) command = tokens[index++] ?? "";
    const start = current;
    let points: Point[];
    switch (command) {
      case "M":
        current = point();
        command = "L";
        continue;
      case "L":
        points = [start, point()];
        break;
      case "H":
        points = [start, { x: next(), y: start.y }];
        break;
      case "V":
        points = [start, { x: start.x, y: next() }];
        break;
      case "Q":
        points = [start, point(), point()];
        break;
      case "C":
        points = [start, point(), point(), point()];
        break;
      default:
        return segments;
    }
    current = points.at(-1) ?? current;
    segments.push(points);
  }
  return segments;
}

/** The point of a Bézier curve at `t`, after de Casteljau. */
function at(points: Point[], t: number): Point {
  let level = points;
  while (level.length > 1) {
    level = level.slice(1).map((point, index) => {
      const before = level[index] ?? point;
      return { x: before.x + (point.x - before.x) * t, y: before.y + (point.y - before.y) * t };
    });
  }
  return level[0] ?? { x: 0, y: 0 };
}
