import { pointAlong } from "./path";

/** So long is a wave, and so far it goes to each side. */
const WAVE = 9;
const SWING = 2.6;
/** A line is followed in so many steps. */
const STEPS = 160;

/** The same line as a wave, level at its end where the arrow is: what was not seen. */
export function wavyLine(path: string): string {
  const points = Array.from({ length: STEPS + 1 }, (_, step) => pointAlong(path, step / STEPS)).filter((point) => point !== null);
  const lengths: number[] = [0];
  for (let at = 1; at < points.length; at += 1) {
    const [one, other] = [points[at - 1], points[at]];
    if (one === undefined || other === undefined) continue;
    lengths.push((lengths.at(-1) ?? 0) + Math.hypot(other.x - one.x, other.y - one.y));
  }
  const whole = lengths.at(-1) ?? 0;
  if (whole < 4 * WAVE) return path;
  const crests = Math.max(2, Math.round(whole / WAVE)) * 2;
  let at = 0;
  const middles = Array.from({ length: crests + 1 }, (_, crest) => {
    const wanted = (whole * crest) / crests;
    while (at < lengths.length - 2 && (lengths[at + 1] ?? 0) < wanted) at += 1;
    const [one, other] = [points[at], points[at + 1]];
    const [from, to] = [lengths[at] ?? 0, lengths[at + 1] ?? 0];
    if (one === undefined || other === undefined) return { x: 0, y: 0, across: { x: 0, y: 0 } };
    const share = to > from ? (wanted - from) / (to - from) : 0;
    const length = Math.hypot(other.x - one.x, other.y - one.y) || 1;
    return { x: one.x + (other.x - one.x) * share, y: one.y + (other.y - one.y) * share, across: { x: -(other.y - one.y) / length, y: (other.x - one.x) / length } };
  });
  const short = (value: number) => Math.round(value * 10) / 10;
  const first = middles[0];
  if (first === undefined) return path;
  const parts = middles.slice(1).map((end, index) => {
    const before = middles[index] ?? end;
    const side = index % 2 === 0 ? 2 * SWING : -2 * SWING;
    return `Q ${short((before.x + end.x) / 2 + before.across.x * side)} ${short((before.y + end.y) / 2 + before.across.y * side)} ${short(end.x)} ${short(end.y)}`;
  });
  return `M ${short(first.x)} ${short(first.y)} ${parts.join(" ")}`;
}

/** A rectangle with a wavy edge: the outline of what was not seen. */
export function wavyRectangle(width: number, height: number): string {
  const side = (length: number): number => Math.max(2, Math.round(length / 7));
  const across = side(width);
  const down = side(height);
  const edge = (count: number, dx: number, dy: number, bulgeX: number, bulgeY: number) =>
    Array.from({ length: count }, (_, index) => {
      const sign = index % 2 === 0 ? 1 : -1;
      return `q${dx / 2 + bulgeX * sign} ${dy / 2 + bulgeY * sign} ${dx} ${dy}`;
    }).join("");
  return (
    "M0 0" +
    edge(across, width / across, 0, 0, -2.4) +
    edge(down, 0, height / down, 2.4, 0) +
    edge(across, -width / across, 0, 0, 2.4) +
    edge(down, 0, -height / down, -2.4, 0) +
    "Z"
  );
}
