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
